from django.urls import path

from coalition.views import applying, own_entry, public

app_name = "coalition"
urlpatterns = [
    path("", public.members, name="list"),
    path("members.csv", public.members_csv, name="csv"),
    path("members.json", public.members_json, name="json"),
    path("apply/", applying.apply, name="apply"),
    path("apply/received/", applying.received, name="received"),
    path("apply/confirmed/", applying.confirmed, name="confirmed"),
    path("confirm/<str:token>/", applying.confirm, name="confirm"),
    path("answer/<str:token>/", applying.answer, name="answer"),
    path("link/", own_entry.link, name="link"),
    path("edit/<str:token>/", own_entry.edit, name="edit"),
    path("edit/<str:token>/take-back/", own_entry.take_back, name="take-back"),
    path("contact/<str:token>/", own_entry.contact, name="contact"),
    path("reaffirm/<str:token>/", own_entry.reaffirm, name="reaffirm"),
    path("stop/<str:token>/", own_entry.stop, name="stop"),
    path("<slug:slug>/", public.member, name="member"),
]
