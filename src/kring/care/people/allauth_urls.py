"""The pages of django-allauth that we use, at our addresses and under the names that allauth looks for.

The others (passwords, phone numbers, sign-up by passkey) are not here: what has no address cannot be reached.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as spare_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from allauth.socialaccount import views as institution
from django.urls import path

from kring.care.people.views import entering

urlpatterns = [
    path("sign-in/", entering.SignIn.as_view(), name="account_login"),
    path("sign-in/", entering.SignIn.as_view(), name="account_request_login_code"),
    path("sign-in/code/", entering.TypeCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-in/address/", account.email_verification_sent, name="account_email_verification_sent"),
    path("sign-in/second-step/", entering.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("sign-up/", account.signup, name="account_signup"),
    path("sign-in/stop/", entering.sign_out, name="account_logout"),
    path("me/address/", account.email, name="account_email"),
    path("me/again/", account.reauthenticate, name="account_reauthenticate"),
    path("me/second-step/", second_step.index, name="mfa_index"),
    path("me/second-step/again/", entering.SecondStepAgain.as_view(), name="mfa_reauthenticate"),
    path("me/second-step/app/", app.activate_totp, name="mfa_activate_totp"),
    path("me/second-step/app/off/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/second-step/spare-codes/", spare_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("me/second-step/spare-codes/new/", spare_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/passkeys/", passkey.list_webauthn, name="mfa_list_webauthn"),
    path("me/passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("me/passkeys/again/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("me/passkeys/<int:pk>/remove/", passkey.remove_webauthn, name="mfa_remove_webauthn"),
    path("me/passkeys/<int:pk>/name/", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("sign-in/with/<slug:provider_id>/", entering.to_institution, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", entering.from_institution, name="openid_connect_callback"),
    path("sign-in/with-an-organisation/stopped/", entering.stopped, name="socialaccount_login_cancelled"),
    path("sign-in/with-an-organisation/error/", entering.stopped, name="socialaccount_login_error"),
    path("sign-in/with-an-organisation/new/", entering.not_vouched_for, name="socialaccount_signup"),
    path("me/organisations/", institution.connections, name="socialaccount_connections"),
]
