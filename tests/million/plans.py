"""How PostgreSQL would answer: the plans of queries that were asked."""

import json

from django.db import connection
from django.test.utils import CaptureQueriesContext

PLANNED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "EXECUTE")
MODES = ("force_custom_plan", "force_generic_plan")  # of what is prepared, PostgreSQL chooses one
LARGE = 10_000  # rows; whoever reads a smaller table as a whole does well


def asked(ask):
    """The statements that calling `ask` sends and PostgreSQL has to plan, as text."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return [one["sql"] for one in captured if one["sql"].strip().startswith(PLANNED)]


def tables_read_whole(statement):
    """Names of large tables of which a plan of this statement reads every row."""
    with connection.cursor() as cursor:
        read = set()
        for mode in MODES:
            cursor.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
            (answer,) = cursor.fetchone()
            plan = answer if isinstance(answer, list) else json.loads(answer)
            read |= set(_read_whole(plan[0]["Plan"]))
        cursor.execute("RESET plan_cache_mode")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples >= %s",
            [list(read), LARGE],
        )
        return {name for (name,) in cursor.fetchall()}


def _read_whole(plan, above=None):
    if plan["Node Type"] == "Seq Scan" and not _ends_early(plan, above):
        yield plan["Relation Name"]
    for below in plan.get("Plans", []):
        yield from _read_whole(below, plan)


def _ends_early(scan, above):
    """A limit takes no more than the first of many rows that would do."""
    return above and above["Node Type"] == "Limit" and scan["Plan Rows"] > above["Plan Rows"]
