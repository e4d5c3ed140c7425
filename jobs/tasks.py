"""Background tasks: ids in, one service call."""

from celery import shared_task

from accounts.services import send_invitation as mail_invitation
from accounts.services import send_password_reset as mail_password_reset
from jobs import services


@shared_task(name="jobs.resend_stale")
def resend_stale() -> None:
    services.resend_stale_jobs()


@shared_task(name="jobs.delete_old")
def delete_old() -> None:
    services.delete_old_jobs()


@shared_task(name="jobs.send_invitation")
def send_invitation(job_uuid: str) -> None:
    services.run_job(job_uuid, lambda _progress, invitation_id: mail_invitation(invitation_id))


@shared_task(name="jobs.send_password_reset")
def send_password_reset(job_uuid: str) -> None:
    services.run_job(job_uuid, lambda _progress, email: mail_password_reset(email))
