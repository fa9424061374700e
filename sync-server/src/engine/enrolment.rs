//! A phone becomes a device.

use super::notices::Notices;
use super::{InvitationRefused, Refused};
use crate::store::audit::NotEnrolled;
use crate::store::{self, By, Deed, Enrolment, Stamp, Store};
use walkbook_model::{DeviceId, TenantId, Timestamp};
use walkbook_sync::{EnrolRequest, Enrolled};
use walkbook_vault::InvitationCode;

pub(super) fn enrol(
    store: &dyn Store,
    notices: &Notices,
    tenant: TenantId,
    body: &[u8],
    now: Timestamp,
) -> Result<Vec<u8>, Refused> {
    let request = EnrolRequest::from_bytes(body)?;
    if request.tenant() != tenant {
        return Err(Refused::Invitation(InvitationRefused::Unknown));
    }
    let public_key = request.proven_key().map_err(|_| Refused::Unproven { now })?;
    // Derived from the key: asking again gives the same device, and nobody can take another's name.
    let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
    let digest = InvitationCode::from_bytes(request.code()).digest();
    let device = store.redeem_invitation(tenant, digest, &Enrolment { device, public_key }, now).map_err(|error| {
        let why = match &error {
            store::Error::InvitationExpired => NotEnrolled::Expired,
            store::Error::InvitationUsed => NotEnrolled::Used,
            store::Error::Exists { .. } => NotEnrolled::KeyTaken,
            // Whoever has no real code can knock here for ever, and leaves no trace but in the counters. A tenant that
            // there is not has no invitations.
            store::Error::Unknown { .. } | store::Error::KeyDestroyed => {
                return Refused::Invitation(InvitationRefused::Unknown);
            }
            _ => return error.into(),
        };
        let (deed, stamp) = (Deed::EnrolmentRefused { why }, Stamp::new(By::Invited, now));
        notices.note(store, tenant, digest, deed, stamp).err().unwrap_or(error).into()
    })?;
    if !device.is_in() {
        notices.came_shut_out(store, tenant, &device, now)?;
        return Err(Refused::ShutOut);
    }
    let user = store.user(tenant, device.user)?.ok_or(Refused::ShutOut)?;
    Ok(Enrolled { device: device.id, user: user.id, role: user.role, now }.to_bytes())
}
