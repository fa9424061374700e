//! Who else reads the tables.

use super::{InDatabase, new_tables};
use crate::backend::conformance::world::Field;
use crate::backend::{Records, TakenIn, publish_bases, take_in};
use crate::office::tests::world::{at, door_id, knocked};
use walkbook_cluster::Session;
use walkbook_model::{Outcome, Role};

/// A role of another system's, which is admitted to a tenant's rows, or to none.
pub(super) fn guest(tables: &InDatabase, role: &str, tenant: Option<&str>) -> Session {
    let superuser = tables.superuser();
    superuser.run(&format!(
        "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD 'only-for-tests';
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    ));
    if let Some(tenant) = tenant {
        superuser.run(&format!("SELECT admit('{role}', '{tenant}')"));
    }
    let session = Session::open(&tables.database.url_of(role), &tables.database.authority());
    session.run("SET search_path = canvassing");
    session
}

/// The id says only that there was one; the owner takes it out with whom it was admitted.
#[test]
fn a_tenant_who_left_keeps_an_id_while_somebody_is_admitted_to_it() {
    let (field, tables) = (Field::new(1), new_tables());
    field.publish(&tables);
    guest(&tables, "crm_of_one_who_left", Some(&field.tenant.to_string()));
    assert!(!tables.tables.forget(field.tenant).unwrap());
    let superuser = tables.superuser();
    assert_eq!(superuser.value("SELECT count(*) || max(name) FROM tenant"), "1");
    superuser.run(&format!("DELETE FROM guest WHERE tenant = '{}'", field.tenant));
    assert!(tables.tables.forget(field.tenant).unwrap());
    assert_eq!(superuser.value("SELECT count(*) FROM tenant"), "0");
}

/// Of its own tenant, and as far as it was let in.
#[test]
fn a_guest_that_may_write_changes_what_phones_see_of_its_own_tenant() {
    let (field, tables) = (Field::new(1), new_tables());
    let south = field.world.tenant("South");
    let sari = field.world.phone(south, "Sari", Role::Canvasser);
    field.world.one_list(south, 1, &[sari.user()]);
    field.publish(&tables);
    publish_bases(field.store(), &tables, south).unwrap();
    let crm = guest(&tables, "crm_that_writes", None);
    tables.superuser().run(&format!("SELECT admit_to_write('crm_that_writes', '{}')", field.tenant));
    crm.run("UPDATE contact SET phone = '+358 40 1'; UPDATE door SET access_notes = 'ring twice'");
    for theirs in
        ["UPDATE contact SET standing = 'gone'", "DELETE FROM noticed", "INSERT INTO authority VALUES ('', '', 'ours')"]
    {
        assert_eq!(crm.try_run(theirs), Err("42501".to_owned()), "{theirs}");
    }
    assert_eq!(
        tables.superuser().value("SELECT count(DISTINCT tenant) || changed_by FROM noticed GROUP BY changed_by"),
        "1crm_that_writes"
    );
    let taken = take_in(field.store(), &tables.tables, &field.world.pen, south, at(10)).unwrap();
    assert_eq!(taken, TakenIn::default());
    let taken = take_in(field.store(), &tables.tables, &field.world.pen, field.tenant, at(10)).unwrap();
    assert_eq!(taken, TakenIn { taken: 2, ..TakenIn::default() });
}

#[test]
fn a_guest_reads_one_tenants_rows_and_changes_what_is_nobodys_to_change() {
    let (mut field, tables) = (Field::new(2), new_tables());
    let south = field.world.tenant("South");
    let sari = field.world.phone(south, "Sari", Role::Canvasser);
    field.world.one_list(south, 2, &[sari.user()]);
    field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(10));
    field.publish(&tables);
    field.bring(&tables, 11);
    publish_bases(field.store(), &tables, south).unwrap();
    let (north, southern) = (field.tenant.to_string(), south.to_string());
    let crm = guest(&tables, "crm_of_north", Some(&north));
    assert_eq!(crm.value("SELECT count(*) FROM door"), "2");
    for seen in ["door", "contact", "person", "entry", "board", "door_status", "knock", "document"] {
        assert_eq!(crm.value(&format!("SELECT count(*) FROM {seen} WHERE tenant = '{southern}'")), "0", "{seen}");
    }
    assert_eq!(crm.value("SELECT count(*) FROM knock"), "1");
    for theirs in [
        "DELETE FROM interaction",
        "UPDATE interaction SET outcome = 'refused'",
        "INSERT INTO guest VALUES (current_user, 'all')",
        "SELECT admit(current_user, 'all')",
        "ALTER TABLE door DISABLE ROW LEVEL SECURITY",
    ] {
        assert_eq!(crm.try_run(theirs), Err("42501".to_owned()), "{theirs}");
    }
    let stranger = guest(&tables, "a_stranger", None);
    assert_eq!(stranger.try_run("SELECT 1 FROM canvassing.door"), Err("42501".to_owned()));
}
