from django.urls import path

from coalition import views

app_name = "coalition"
urlpatterns = [
    path("", views.members, name="list"),
    path("apply/", views.apply, name="apply"),
    path("apply/received/", views.received, name="received"),
    path("apply/confirmed/", views.confirmed, name="confirmed"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("<slug:slug>/", views.member, name="member"),
]
