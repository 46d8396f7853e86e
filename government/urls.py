"""Public addresses of the government app."""

from __future__ import annotations

from django.urls import path

from government.views import commitments, observations, results
from government.views.case_answers import case_answer
from government.views.case_doors import (
    case_code,
    case_refused,
    enter_code,
    leave_case,
    open_case,
    send_code,
)
from government.views.cases import case, case_dossier, case_step
from government.views.replies import reply

app_name = "government"
urlpatterns = [
    path("results/", results, name="results"),
    path("commitments/", commitments.commitments, name="commitments"),
    path("commitments/calendar.ics", commitments.calendar, name="commitments_calendar"),
    path("commitments/data/<str:name>/", commitments.download, name="commitments_data"),
    path("commitments/<int:pk>/", commitments.commitment, name="commitment"),
    path("commitments/<int:pk>/observe/", observations.observe, name="observe"),
    path("commitments/steps/<int:pk>/<str:kind>/", commitments.proof, name="commitment_proof"),
    path("commitments/photos/<int:pk>/", observations.observation_photo, name="observation_photo"),
    path("commitments/seen/<int:pk>/take-back/", observations.take_back, name="take_back"),
    path("proposals/<int:pk>/reply/", reply, name="reply"),
    # For officials without an account, by their link. The rest of the address is the case.
    path("cases/open/<str:key>/", open_case, name="open_case"),
    path("cases/link/", case_refused, name="case_refused"),
    path("cases/<int:pk>/", case, name="case"),
    path("cases/<int:pk>/code/", case_code, name="case_code"),
    path("cases/<int:pk>/code/send/", send_code, name="send_code"),
    path("cases/<int:pk>/code/enter/", enter_code, name="enter_code"),
    path("cases/<int:pk>/leave/", leave_case, name="leave_case"),
    path("cases/<int:pk>/dossier.<slug:name>", case_dossier, name="case_dossier"),
    path("cases/<int:pk>/answer/", case_answer, name="case_answer"),
    path("cases/<int:pk>/<slug:verb>/", case_step, name="case_step"),
]
