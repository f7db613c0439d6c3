"""What `/count/` publishes, taken apart as its readers do."""

import csv
import io
import re


def numbers_of(page, caption):
    """The numbers of a table in the page: those of its lines, and the sum below them."""
    (table,) = re.findall(rf"<caption[^>]*>{caption}</caption>(.*?)</table>", page, re.DOTALL)
    body, _foot, foot = table.partition("<tfoot>")
    (total,) = _numbers(foot)
    return _numbers(body), total


def _numbers(html):
    found = re.findall(r'<td class="num">([^<]+)</td>', html)
    return [int(text.replace(",", "").replace("−", "-")) for text in found]


def history(client):
    """The lines of history.csv."""
    response = client.get("/count/history.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text)))


def people(lines):
    return sum(int(line["people"]) for line in lines)
