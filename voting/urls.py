"""Addresses of voting: supports under proposals, ballots under rounds, receipts, the ledger."""

from django.urls import path
from django.views.decorators.http import require_safe

from voting import views
from voting.feeds import HeadsFeed

app_name = "voting"
urlpatterns = [
    path("proposals/<int:pk>/support/", views.support, name="support"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/cast/", views.cast, name="cast"),
    path("rounds/<int:pk>/keep/", views.keep, name="keep"),
    path("rounds/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("rounds/<int:pk>/appeal/", views.appeal, name="appeal"),
    path("rounds/<int:pk>/removals/", views.removals, name="removals"),
    path("rounds/<int:pk>/method/", views.method, name="method"),
    path("rounds/<int:pk>/result.csv", views.result_csv, name="result_csv"),
    path("rounds/<int:pk>/recount/", views.recount, name="recount"),
    path("rounds/<int:pk>/dump.zip", views.dump, name="dump"),
    path("rounds/<int:pk>/dump/<str:name>", views.dump_part, name="dump_part"),
    path("merges/<str:token>/", views.merge_choice, name="merge_choice"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipts/<uuid:uuid>/", views.receipt, name="receipt"),
    path("receipts/<uuid:uuid>/receipt.json", views.receipt_file, name="receipt_file"),
    path("receipts/<uuid:uuid>/mail/", views.mail_receipt, name="mail_receipt"),
    path("votes/", views.ledger, name="ledger"),
    path("votes/feed/", require_safe(HeadsFeed()), name="heads_feed"),
]
