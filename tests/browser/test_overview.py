"""The first page of the admin, as staff see it on a desk and on a telephone."""

import pytest
from django.utils import timezone

from pledges import activity, counting
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.pledges.people import a_pledge, a_supporter
from tests.staff.cast import an_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "color_scheme"), [(1280, "light"), (390, "dark")])
def test_the_overview_is_accessible_and_fits(client, site, open_page, width, color_scheme):
    now = timezone.now()
    a_supporter("robin@gmail.com", now=now)
    a_pledge("ana@example.org", now=now, source="newsletter")
    counting.fold_all()
    activity.fill_in(now=now)
    client.force_login(an_owner())
    page = open_page(width=width, color_scheme=color_scheme)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])

    page.goto(f"{site.url}/admin/")

    assert page.get_by_text("confirmed today").is_visible()
    for summary in page.get_by_text("Show as table").all():
        summary.click()
    assert_accessible(page)
    assert_no_horizontal_scroll(page)
