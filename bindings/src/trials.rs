//! For tests of the three languages only, never in an app's library: every error, and a panic, on demand.

use crate::error::WalkbookError;
use crate::sync_error::{EnrolAnewReason, InvitationProblem, SyncError, VisitProblem};
use std::time::Duration;
use walkbook_core::RescueRefused;

fn walkbook_errors() -> Vec<WalkbookError> {
    let text = String::from;
    vec![
        WalkbookError::NotEnrolled,
        WalkbookError::AlreadyEnrolled,
        WalkbookError::Closed,
        WalkbookError::NotHere { what: text("door") },
        WalkbookError::Invalid { field: text("contact.phone"), problem: text("is no number") },
        WalkbookError::AnswerRefused { question: 3, problem: text("is hidden") },
        WalkbookError::AtRisk { entries: 7 },
        WalkbookError::Unreadable { logs: 2 },
        WalkbookError::KeyIsThere,
        WalkbookError::FormerDevice,
        WalkbookError::Locked,
        WalkbookError::KeyStoreFailed { problem: text("did not wrap") },
        WalkbookError::KeyLost { problem: text("is gone") },
        WalkbookError::NoRoom,
        WalkbookError::Damaged { file: text("book") },
        WalkbookError::NewerVersion,
        WalkbookError::InUse,
        WalkbookError::Wiped,
        WalkbookError::Unreachable { problem: text("permission denied") },
        WalkbookError::LogShort,
        WalkbookError::LeaseOver,
        WalkbookError::WipeOrdered,
        WalkbookError::RescueFile { why: RescueRefused::WrongCode },
        WalkbookError::Defect { problem: text("code 1") },
    ]
}

fn sync_errors() -> Vec<SyncError> {
    let text = String::from;
    let mut errors = vec![
        SyncError::NoConnection,
        SyncError::NotTrusted,
        SyncError::Elsewhere { region: text("us-west-1"), url: Some(text("https://us.example")) },
        SyncError::Elsewhere { region: text("us-west-1"), url: None },
        SyncError::ShutOut,
        SyncError::SignInRefused,
        SyncError::SignInAgain,
        SyncError::NoProvider,
        SyncError::ProviderUnreachable,
        SyncError::ProviderVisit { problem: VisitProblem::NotTheAnswer },
        SyncError::ProviderVisit { problem: VisitProblem::Declined },
        SyncError::PasswordUnfit,
        SyncError::UnknownDevice,
        SyncError::Busy { retry_after: Duration::from_secs(5) },
        SyncError::NotUnderstood,
        SyncError::ServerFailed { status: 500 },
        SyncError::Interrupted,
    ];
    let problems = [
        InvitationProblem::Unreadable,
        InvitationProblem::Unknown,
        InvitationProblem::Expired,
        InvitationProblem::Used,
    ];
    errors.extend(problems.map(|problem| SyncError::Invitation { problem }));
    let reasons = [EnrolAnewReason::NotProven, EnrolAnewReason::Forked, EnrolAnewReason::Forged];
    errors.extend(reasons.map(|reason| SyncError::EnrolAnew { reason }));
    errors.extend(walkbook_errors().into_iter().map(|error| SyncError::Phone { error }));
    errors
}

/// How many errors `trial_walkbook_error` knows.
#[uniffi::export]
pub(crate) fn trial_walkbook_errors() -> u32 {
    u32::try_from(walkbook_errors().len()).unwrap_or(u32::MAX)
}

/// Fails with the error of this number, from 0; beyond the last, it does not.
#[uniffi::export]
pub(crate) fn trial_walkbook_error(number: u32) -> Result<(), WalkbookError> {
    walkbook_errors().into_iter().nth(number as usize).map_or(Ok(()), Err)
}

/// How many errors `trial_sync_error` knows.
#[uniffi::export]
pub(crate) fn trial_sync_errors() -> u32 {
    u32::try_from(sync_errors().len()).unwrap_or(u32::MAX)
}

/// Fails with the error of this number, from 0; beyond the last, it does not.
#[uniffi::export]
pub(crate) async fn trial_sync_error(number: u32) -> Result<(), SyncError> {
    sync_errors().into_iter().nth(number as usize).map_or(Ok(()), Err)
}

/// Panics: the language must see an error, and go on.
#[uniffi::export]
#[allow(clippy::panic, reason = "that it may panic is what is tried")]
pub(crate) fn trial_panic() -> Result<(), WalkbookError> {
    panic!("a trial")
}

/// Panics where a future is driven: the language must see an error, and go on.
#[uniffi::export]
#[allow(clippy::panic, clippy::unused_async, reason = "that it may panic is what is tried")]
pub(crate) async fn trial_panic_in_a_future() -> Result<(), WalkbookError> {
    panic!("a trial")
}
