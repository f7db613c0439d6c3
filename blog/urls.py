from django.urls import path, register_converter

from blog import feeds, views


class Year:
    regex = "[0-9]{4}"

    def to_python(self, value):
        if value == "0000":
            raise ValueError("There is no year 0.")
        return int(value)

    def to_url(self, value):
        return f"{value:04}"


class Month:
    regex = "0[1-9]|1[0-2]"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:02}"


register_converter(Year, "year")
register_converter(Month, "month")

app_name = "blog"
urlpatterns = [
    path("", views.index, name="index"),
    path("search/", views.search, name="search"),
    path("feed/", feeds.atom, name="feed"),
    path("feed/rss/", feeds.rss, name="feed-rss"),
    path("tags/<slug:slug>/", views.tag, name="tag"),
    path("authors/<slug:slug>/", views.author, name="author"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("<year:year>/", views.year, name="year"),
    path("<year:year>/<month:month>/", views.month, name="month"),
    path("<year:year>/<month:month>/<slug:slug>/", views.post, name="post"),
]
