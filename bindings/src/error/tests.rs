//! Each error of the core is told as what the app can do about it.

use super::*;
use crate::sync_error::{EnrolAnewReason, InvitationProblem, SyncError, VisitProblem};
use std::io::ErrorKind;
use std::time::Duration;
use walkbook_core::store::StoreFile;
use walkbook_core::{SyncFailed, VisitRefused};
use walkbook_model::QuestionKey;

/// The variant's name.
fn name(error: &impl std::fmt::Debug) -> String {
    format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn every_error_of_the_phone_is_told_as_what_the_app_can_do() {
    let file = StoreFile::Log;
    let told: [(Error, &str); 29] = [
        (Error::NotEnrolled, "NotEnrolled"),
        (Error::AlreadyEnrolled, "AlreadyEnrolled"),
        (Error::NotHere { what: "door" }, "NotHere"),
        (Error::Invalid(Invalid::Empty { what: "lift.reason" }), "Invalid"),
        (Error::Answer(AnswerRefused::Hidden(QuestionKey(3))), "AnswerRefused"),
        (Error::LogShort, "LogShort"),
        (Error::LeaseOver, "LeaseOver"),
        (Error::WipeOrdered, "WipeOrdered"),
        (Error::AtRisk { entries: 2 }, "AtRisk"),
        (Error::KeyStore(KeyStoreRefused::Locked), "Locked"),
        (Error::KeyStore(KeyStoreRefused::Failed), "KeyStoreFailed"),
        (Error::NotSigned, "KeyStoreFailed"),
        (Error::KeyStore(KeyStoreRefused::Lost), "KeyLost"),
        (Error::KeyGone, "KeyLost"),
        (Error::KeyDamaged, "KeyLost"),
        (Error::Store(store::Error::WrongKey), "KeyLost"),
        (Error::Store(store::Error::DiskFull { file }), "NoRoom"),
        (Error::KeyFile(ErrorKind::StorageFull), "NoRoom"),
        (Error::RescueFile { kind: ErrorKind::StorageFull }, "NoRoom"),
        (Error::Store(store::Error::Damaged { file }), "Damaged"),
        (Error::Store(store::Error::NewerVersion { file, found: 9, known: 1 }), "NewerVersion"),
        (Error::Store(store::Error::Busy { file }), "InUse"),
        (Error::Store(store::Error::Wiped), "Wiped"),
        (Error::Store(store::Error::Unreachable { file, kind: ErrorKind::NotFound }), "Unreachable"),
        (Error::KeyFile(ErrorKind::PermissionDenied), "Unreachable"),
        (Error::RescueFile { kind: ErrorKind::AlreadyExists }, "Unreachable"),
        (Error::NoThread, "Unreachable"),
        (Error::Document, "Defect"),
        (Error::Store(store::Error::Sqlite { file, code: 1 }), "Defect"),
    ];
    for (error, wanted) in told {
        assert_eq!(name(&WalkbookError::from(error)), wanted, "{error:?}");
    }
    let invalid = WalkbookError::from(Invalid::Empty { what: "lift.reason" });
    assert!(matches!(invalid, WalkbookError::Invalid { field, .. } if field == "lift.reason"));
    let refused = WalkbookError::from(AnswerRefused::Unfit(QuestionKey(3)));
    assert!(matches!(refused, WalkbookError::AnswerRefused { question: 3, .. }));
}

#[test]
fn every_error_of_the_network_is_told_as_what_the_app_can_do() {
    let invitation = |problem| SyncError::Invitation { problem };
    let anew = |reason| SyncError::EnrolAnew { reason };
    let (region, retry_after) = ("us-west-1".to_owned(), Duration::from_secs(5));
    let told = [
        (SyncFailed::NoConnection, SyncError::NoConnection),
        (SyncFailed::NotTrusted, SyncError::NotTrusted),
        (SyncFailed::InvitationUnknown, invitation(InvitationProblem::Unknown)),
        (SyncFailed::InvitationExpired, invitation(InvitationProblem::Expired)),
        (SyncFailed::InvitationUsed, invitation(InvitationProblem::Used)),
        (SyncFailed::SignInRefused, SyncError::SignInRefused),
        (SyncFailed::SignInAgain, SyncError::SignInAgain),
        (SyncFailed::NoProvider, SyncError::NoProvider),
        (SyncFailed::ProviderUnreachable, SyncError::ProviderUnreachable),
        (VisitRefused::Declined.into(), SyncError::ProviderVisit { problem: VisitProblem::Declined }),
        (SyncFailed::PasswordUnfit, SyncError::PasswordUnfit),
        (SyncFailed::Elsewhere { region: region.clone(), url: None }, SyncError::Elsewhere { region, url: None }),
        (SyncFailed::ShutOut, SyncError::ShutOut),
        (SyncFailed::NotProven, anew(EnrolAnewReason::NotProven)),
        (SyncFailed::Forked, anew(EnrolAnewReason::Forked)),
        (SyncFailed::Forged, anew(EnrolAnewReason::Forged)),
        (SyncFailed::Busy { retry_after }, SyncError::Busy { retry_after }),
        (SyncFailed::NotUnderstood, SyncError::NotUnderstood),
        (SyncFailed::ServerFailed { status: 503 }, SyncError::ServerFailed { status: 503 }),
        (SyncFailed::Interrupted, SyncError::Interrupted),
        (SyncFailed::Phone(Error::NotEnrolled), SyncError::Phone { error: WalkbookError::NotEnrolled }),
    ];
    for (failed, wanted) in told {
        assert_eq!(SyncError::from(failed), wanted);
    }
}
