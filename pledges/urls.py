from django.urls import path

from pledges import feeds
from pledges.views import (
    confirming,
    embedding,
    framed,
    own_page,
    public,
    sharing,
    signing,
)

app_name = "pledges"
urlpatterns = [
    path("pledge/", signing.sign, name="sign"),
    path("pledge/check-email/", signing.check_email, name="check_email"),
    path("pledge/resend/", signing.resend, name="resend"),
    path("pledge/code/", confirming.by_digits, name="code"),
    path("pledge/confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("pledge/not-me/<str:token>/", confirming.not_me, name="not_me"),
    path("pledge/new-address/<str:token>/", own_page.new_address, name="new_address"),
    path("pledge/link/", own_page.ask_for_link, name="link"),
    path("pledge/mine/<str:token>/", own_page.mine, name="mine"),
    path("pledge/mine/<str:token>/download/", own_page.download, name="download"),
    path("pledge/mine/<str:token>/withdraw/", own_page.withdraw, name="withdraw"),
    path("pledge/mine/<str:token>/erase/", own_page.erase, name="erase"),
    path("pledge/mine/<str:token>/poster/", sharing.poster, name="poster"),
    path("join/<str:code>/qr.svg", sharing.qr_svg, name="qr_svg"),
    path("join/<str:code>/qr.png", sharing.qr_png, name="qr_png"),
    path("join/<str:code>/card.png", sharing.card, name="card"),
    path("pledge/done/<str:what>/", own_page.done, name="done"),
    path("unsubscribe/<str:token>/", own_page.unsubscribe, name="unsubscribe"),
    path("supporters/", public.supporters, name="supporters"),
    path("count/", public.count, name="count"),
    path("count/history.csv", public.history_csv, name="history"),
    path("count/milestones/feed/", feeds.milestones, name="milestones_feed"),
    path("count.json", public.count_json, name="count_json"),
    path("count.txt", public.count_txt, name="count_txt"),
    path("badge.svg", embedding.badge, name="badge"),
    path("embed/", framed.sign, name="frame"),
    path("embed/check-email/", framed.check_email, name="frame_check_email"),
    path("embed/code/", embedding.code, name="embed_code"),
    path("oembed", embedding.describe, name="oembed"),
]
