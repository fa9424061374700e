//! What every store must do. Each implementation runs all of it with [`conformance_tests!`].

pub mod accounts;
pub mod arrangements;
pub mod audit;
pub mod documents;
pub mod drafts;
pub mod erasures;
pub mod hearing;
pub mod keys;
pub mod leaving;
pub mod logs;
pub mod maps;
pub mod people;
pub mod proofs;
pub mod quarantine;
pub mod registrations;
pub mod rescued;
pub mod support;
pub mod teams;
pub mod tenancy;
pub mod world;

/// Makes one test of each case. The argument is an expression that makes a new, empty store; it may be anything that
/// dereferences to one.
macro_rules! conformance_tests {
    ($make:expr) => {
        $crate::store::conformance::conformance_tests!(@ $make, people:
            a_tenant_a_user_and_a_device_are_found_again,
            a_challenge_that_is_spent_is_followed_by_a_fresh_one,
            a_tenant_is_made_once,
            an_invitation_lets_one_device_in_once,
            an_expired_invitation_is_refused_and_stays_unused,
            two_phones_racing_for_one_invitation_leave_one_outside,
            a_taken_device_id_does_not_use_up_the_invitation,
            a_revoked_device_stays_revoked_since_the_first_time,
            a_wipe_is_ordered_once_and_done_once,
            how_far_a_log_is_brought_again_is_known_until_it_is_there,
            what_a_tenant_decides_for_its_phones_is_found_again,
            nobody_of_an_erased_tenant_can_be_read,
        );
        $crate::store::conformance::conformance_tests!(@ $make, logs:
            a_merged_run_is_found_with_its_content_in_order,
            a_batch_sent_twice_changes_nothing,
            a_batch_that_differs_from_what_is_stored_is_a_conflict,
            a_batch_with_a_gap_or_without_entries_is_refused,
            two_merges_racing_for_one_place_leave_one_in_conflict,
            a_bad_merge_does_not_fail_its_neighbours,
            a_batch_whose_update_fails_leaves_nothing_behind,
            a_list_that_changed_under_a_batch_is_a_conflict,
            positions_rise_with_commits_and_none_is_skipped_by_a_reader,
            a_refused_entry_keeps_its_place_and_loses_its_content,
            what_is_set_aside_is_shown_and_holds_up_nothing,
            what_there_is_to_say_of_a_log_is_told,
            the_outbox_hands_on_each_accepted_entry_until_it_is_done,
            a_dead_letter_holds_up_nothing_and_can_be_revived,
            a_dropped_letter_is_not_waited_for_and_can_be_revived,
            a_document_that_came_after_all_brings_its_dead_letters_with_it,
        );
        $crate::store::conformance::conformance_tests!(@ $make, documents:
            a_base_put_twice_changes_nothing,
            a_script_is_found_by_its_content,
            everything_can_be_marked_to_be_brought_anew,
            the_streets_of_a_list_are_told_to_its_readers_once,
            a_list_is_downloaded_page_by_page_in_the_order_of_joining,
            changes_reach_every_list_that_has_the_door,
            a_draft_of_a_script_is_kept_and_told_to_no_list,
            what_concerned_a_door_that_left_is_no_longer_told,
            changes_come_page_by_page_without_gaps,
            nobody_is_told_what_they_wrote,
            an_assignment_remembers_from_when_until_when,
            a_door_is_someones_to_work_while_list_and_assignment_last,
            a_door_that_someone_added_is_theirs,
            of_several_lists_that_want_one_door_one_is_made,
            a_list_is_made_once,
            doors_that_are_on_no_list_are_told_page_by_page,
            a_base_is_replaced_unless_something_came_in_between,
            documents_with_a_base_are_told_page_by_page,
            a_store_stands_by_the_positions_it_gave_out_and_no_others,
            a_destroyed_key_takes_the_document_with_it_and_a_new_one_serves_what_comes_later,
        );
        $crate::store::conformance::conformance_tests!(@ $make, maps:
            the_map_of_a_list_is_told_to_its_readers_once,
            a_map_goes_with_its_lists_key,
            another_tenants_map_does_not_exist,
        );
        $crate::store::conformance::conformance_tests!(@ $make, drafts:
            edits_of_drafts_are_told_page_by_page,
            a_draft_that_changed_under_what_it_publishes_is_a_conflict,
        );
        $crate::store::conformance::conformance_tests!(@ $make, erasures:
            what_is_left_stands_in_the_place_of_what_was_said,
            every_reader_of_the_door_hears_of_it,
            an_erasure_is_of_what_it_was_computed_from,
            who_was_erased_is_written_down,
            the_store_knows_how_much_of_the_ledger_it_has,
            another_tenant_erases_nobody_here,
        );
        $crate::store::conformance::conformance_tests!(@ $make, leaving:
            of_a_tenant_who_left_nothing_is_there_and_others_stay,
            an_erasure_of_a_tenant_that_was_cut_off_is_done_by_the_next,
            a_tenant_who_left_is_a_stranger,
            an_audit_log_goes_with_its_tenant_only,
        );
        $crate::store::conformance::conformance_tests!(@ $make, hearing:
            what_is_new_on_a_list_is_told_with_who_wrote_it,
            who_is_handed_a_list_or_loses_one_is_told,
            drafts_and_deeds_are_news,
            of_a_tenant_that_there_is_not_nothing_is_heard,
            a_bell_rings_for_what_is_new,
        );
        $crate::store::conformance::conformance_tests!(@ $make, arrangements:
            an_arrangement_is_made_as_a_whole,
            an_arrangement_that_cannot_be_made_leaves_nothing_behind,
        );
        $crate::store::conformance::conformance_tests!(@ $make, teams:
            a_team_and_its_members_are_found_again,
            only_an_organiser_is_in_several_teams,
            a_list_is_given_to_one_team_or_none,
            a_team_reaches_the_doors_of_its_lists_while_all_ties_last,
            teams_of_another_tenant_do_not_exist,
        );
        $crate::store::conformance::conformance_tests!(@ $make, quarantine:
            what_is_released_counts_from_then_on_and_no_reader_has_gone_past_it,
            what_is_refused_keeps_its_place_and_its_words_and_loses_its_content,
            what_is_decided_stays_decided,
            a_decision_about_a_list_that_has_changed_is_a_conflict,
            how_a_log_stands_is_told_page_by_page,
            what_is_recalled_is_told_until_it_is_released,
        );
        $crate::store::conformance::conformance_tests!(@ $make, registrations:
            a_user_is_registered_under_one_tag,
            of_an_erased_tenant_nobody_is_registered,
        );
        $crate::store::conformance::conformance_tests!(@ $make, rescued:
            what_is_rescued_waits_once_until_it_is_decided,
            what_another_tenant_rescued_does_not_exist,
        );
        $crate::store::conformance::conformance_tests!(@ $make, accounts:
            a_code_chooses_a_password_on_one_phone,
            a_sign_in_counts_once,
            a_key_that_is_anothers_spends_nothing,
            a_closed_account_is_gone,
            a_second_factor_is_demanded,
            tries_are_replaced_by_whoever_has_seen_the_last,
            a_provider_vouches_for_a_phone,
            a_code_shows_who_somebody_is,
            who_somebody_is_is_set_down_beforehand,
            a_tenant_has_a_provider,
            another_tenants_account_does_not_exist,
        );
        $crate::store::conformance::conformance_tests!(@ $make, proofs:
            a_proof_is_seen_for_the_first_time_once,
            of_many_who_show_one_proof_at_once_one_is_first,
            what_is_forgotten_is_what_is_old,
        );
        $crate::store::conformance::conformance_tests!(@ $make, audit:
            what_is_done_to_people_and_phones_is_written_down,
            what_is_decided_is_written_down_once,
            what_was_not_done_is_not_written_down,
            refused_writes_are_written_down_with_the_run_that_brought_them,
            a_log_verifies_from_its_beginning_and_past_any_place_in_it,
            the_log_is_read_page_by_page,
            every_tenant_has_a_log_of_its_own,
            an_erased_tenants_log_says_nothing_and_is_whole,
            many_who_write_at_once_make_one_chain,
        );
        $crate::store::conformance::conformance_tests!(@ $make, support:
            a_grant_ends_by_itself,
            a_grant_is_ended_at_once,
            another_tenants_grant_does_not_exist,
        );
        $crate::store::conformance::conformance_tests!(@ $make, tenancy:
            guessed_ids_of_another_tenant_give_nothing,
            another_tenant_cannot_change_what_is_not_its_own,
            the_same_ids_in_two_tenants_are_two_things,
        );
    };
    (@ $make:expr, $topic:ident: $($case:ident,)+) => {
        mod $topic {
            use super::*;
            $(#[test]
            fn $case() {
                let store = $make;
                $crate::store::conformance::$topic::$case(&*store);
            })+
        }
    };
}
pub(crate) use conformance_tests;
