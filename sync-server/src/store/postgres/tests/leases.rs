//! What one server at a time does.

use super::*;

#[test]
fn the_outboxes_are_one_servers_until_it_lets_go_or_dies() {
    let one = with_a_knock();
    let other = open(&one.database);
    let lease = one.lease_outboxes().unwrap().unwrap();
    assert!(lease.is_held() && other.lease_outboxes().unwrap().is_none());
    drop(lease);
    // Letting go is not waited for.
    let lease = std::iter::repeat_with(|| other.lease_outboxes().unwrap()).find_map(|lease| lease).unwrap();
    assert!(one.lease_outboxes().unwrap().is_none());
    one.database.cut_off();
    let taken_over = std::iter::repeat_with(|| one.lease_outboxes().ok().flatten()).find_map(|lease| lease);
    assert!(taken_over.unwrap().is_held() && !lease.is_held());
}
