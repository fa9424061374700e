//! What every backend must do, over a real store with entries that phones and the office signed. Each implementation runs
//! all of it with [`conformance_tests!`].

pub mod changes;
pub mod crashes;
pub mod documents;
pub mod knocks;
pub mod order;
pub mod world;

use super::{Backend, Records};

/// A backend that a test can read.
pub trait Readable: Backend {
    /// Everything it holds: a line for each row, the table's name first, then `column=value` with texts quoted as Rust
    /// quotes them. The order of the lines is the rows' own, whatever the order in which they came.
    fn dump(&self) -> String;

    /// A text as it holds it.
    fn as_held(&self, text: &str) -> String {
        text.to_owned()
    }

    /// The tables themselves.
    fn records(&self) -> &dyn Records;

    /// Somebody else changes them, with plain SQL that both databases know.
    fn change(&self, sql: &str);

    /// Whether it notes who changed something.
    fn names_writers(&self) -> bool {
        false
    }

    /// The rows of a table.
    fn rows(&self, table: &str) -> Vec<String> {
        let start = format!("{table} ");
        self.dump().lines().filter(|line| line.starts_with(&start)).map(str::to_owned).collect()
    }
}

/// Makes one test of each case. The argument is an expression that makes a new, empty backend.
macro_rules! conformance_tests {
    ($make:expr) => {
        $crate::backend::conformance::conformance_tests!(@ $make, knocks:
            a_knock_arrives_once_though_it_is_pumped_twice,
            evidence_arrives_and_a_position_only_where_the_tenant_keeps_positions,
            answers_are_written_as_people_read_them,
            a_correction_takes_the_knocks_place_and_an_undo_empties_it,
            do_not_contact_shows_until_it_is_lifted,
            a_permission_shows_with_its_wording_until_it_is_withdrawn,
        );
        $crate::backend::conformance::conformance_tests!(@ $make, documents:
            what_the_register_knows_is_there_before_anybody_knocks,
            what_a_command_has_not_come_to_bring_is_brought_by_the_next,
            whoever_is_erased_leaves_the_tables_and_the_visits_stay,
            a_mended_field_takes_the_registers_place,
            a_list_edit_moves_its_doors,
            two_tenants_are_apart,
            hostile_text_lands_verbatim,
            whoever_is_named_is_known_by_name,
        );
        $crate::backend::conformance::conformance_tests!(@ $make, changes:
            a_change_made_in_the_tables_reaches_the_phones_and_comes_back_once,
            what_the_server_writes_itself_is_not_noticed,
            a_phones_edit_of_the_same_field_stands_beside_it_as_a_clash,
            a_change_that_came_twice_is_written_once,
            whoever_has_the_last_word_on_a_field_has_it,
            changes_one_after_the_other_are_taken_so_also_where_the_last_says_what_the_first_said,
            what_was_changed_of_somebody_who_is_erased_is_forgotten,
            a_value_that_is_none_is_put_back_and_shown_until_somebody_sees_to_it,
        );
        $crate::backend::conformance::conformance_tests!(@ $make, crashes:
            a_crash_anywhere_leaves_each_change_written_once_and_the_tables_exact,
        );
        $crate::backend::conformance::conformance_tests!(@ $make, order:
            a_crash_before_the_outbox_is_told_costs_nothing,
            an_older_state_never_overwrites_a_later_one,
            pages_in_any_order_leave_the_same,
            erased_content_is_noted_and_holds_up_nothing,
            what_a_restored_store_brings_counts,
            a_tenant_that_was_erased_holds_up_nothing,
            of_a_tenant_who_left_the_tables_have_nothing,
            a_damaged_base_leaves_the_row_as_it_was,
        );
    };
    (@ $make:expr, $topic:ident: $($case:ident,)+) => {
        mod $topic {
            use super::*;
            $(#[test]
            fn $case() {
                $crate::backend::conformance::$topic::$case(|| $make);
            })+
        }
    };
}
pub(crate) use conformance_tests;
