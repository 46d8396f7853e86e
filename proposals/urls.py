"""Addresses of proposals: reading, and writing one."""

from django.urls import path
from django.views.decorators.http import require_safe

from proposals import feeds
from proposals.views import (
    appeals,
    downloads,
    drafts,
    files,
    merging,
    reading,
    together,
    writing,
)

app_name = "proposals"
urlpatterns = [
    path("", reading.proposal_list, name="list"),
    path("feed/", require_safe(feeds.ProposalsFeed()), name="feed"),
    path("download/<str:name>/", downloads.download, name="download"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/similar/", reading.similar, name="similar"),
    path("new/", writing.start, name="start"),
    path("similar/", writing.similar, name="similar_titles"),
    path("mine/", writing.mine, name="mine"),
    path("draft/<str:key>/", drafts.open_draft, name="open"),
    path("<int:pk>/claim/", drafts.claim, name="claim"),
    path("<int:pk>/leave/", drafts.leave, name="leave"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/edit/check/", writing.check, name="check"),
    path("<int:pk>/edit/files/", files.files, name="files"),
    path("<int:pk>/edit/<str:step>/", writing.edit_step, name="edit"),
    path("<int:pk>/autosave/<str:step>/", writing.autosave, name="autosave"),
    path("<int:pk>/submit/", writing.submit, name="submit"),
    path("<int:pk>/done/", writing.done, name="done"),
    path("<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("<int:pk>/appeal/", appeals.appeal, name="appeal"),
    path("<int:pk>/versions/", together.versions, name="versions"),
    path("<int:pk>/amend/", together.amend, name="amend"),
    path("<int:pk>/co-authors/", together.coauthors, name="coauthors"),
    path("<int:pk>/co-authors/<int:coauthor_pk>/remove/", together.remove, name="remove_coauthor"),
    path(
        "<int:pk>/invitations/<int:invitation_pk>/revoke/",
        together.revoke,
        name="revoke_invitation",
    ),
    path("invitation/<str:key>/", together.invitation, name="invitation"),
    path("merging/<str:key>/", merging.consent, name="merge_consent"),
    path("<int:pk>/images/", files.add_image, name="add_image"),
    path("<int:pk>/images/<int:image_pk>/remove/", files.remove_image, name="remove_image"),
    path("<int:pk>/documents/", files.add_document, name="add_document"),
    path(
        "<int:pk>/documents/<int:document_pk>/remove/",
        files.remove_document,
        name="remove_document",
    ),
    path("images/<int:pk>/", files.image, name="image"),
    path("documents/<int:pk>/", files.document, name="document"),
]
