"""Alive, and ready: what a load balancer and a watchman ask."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import InterfaceError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.models import OutboxMessage

MAIL_OVERDUE_AFTER = timedelta(minutes=10)


@never_cache
@require_safe
def alive(request):
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(request):
    """503 with the names of what failed; the rest is not asked while the database is away."""
    try:
        failed = _failed(timezone.now())
    except (DatabaseError, InterfaceError):
        failed = ["database"]
    return JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)


def _failed(now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    failed = []
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        failed.append("migrations")
    elif OutboxMessage.objects.due(now - MAIL_OVERDUE_AFTER).exists():
        failed.append("mail")
    return failed
