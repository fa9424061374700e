//! An order of things, by their ids: a list of placements.
//!
//! Moving a thing adds a placement and removes none; which placement of a thing counts is a register of its own. So two
//! people who move one thing at once make one placement win, never two things.

use super::{Orders, Replayed, container, mark_of, marks};
use crate::Error;
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjType, ROOT, ReadDoc, ScalarValue};
use walkbook_model::{DeviceId, EntryId};

const ORDER: &str = "order";
const PLACED: &str = "placed";

/// A thing's id.
pub(super) type Thing = [u8; 16];

/// A thing in the order, and the edit that put it there; none where the base did.
type Placement = (Thing, Option<EntryId>);

pub(super) fn lay_out(transaction: &mut Transaction<'_>, things: impl Iterator<Item = Thing>) -> Result<(), Error> {
    transaction.put_object(ROOT, PLACED, ObjType::Map)?;
    let order = transaction.put_object(ROOT, ORDER, ObjType::List)?;
    let placements: Vec<ScalarValue> = things.map(|thing| ScalarValue::Bytes(thing.to_vec())).collect();
    Ok(transaction.splice(order, 0, 0, placements)?)
}

/// Puts a thing behind another one, or to the front.
pub(super) fn place(
    transaction: &mut Transaction<'_>,
    orders: &Orders,
    thing: Thing,
    behind: Option<Thing>,
    by: EntryId,
) -> Result<(), Error> {
    let index = match behind {
        Some(behind) => index_behind(transaction, orders, behind)?,
        None => 0,
    };
    if let Some(order) = container(transaction, &ROOT, ORDER)? {
        transaction.insert(order, index, ScalarValue::Bytes(placement_bytes(thing, by)))?;
    }
    mark_placed(transaction, thing, by)
}

/// Takes a thing out of the order, if it is in it: the mark names an edit that placed nothing.
pub(super) fn take_off(transaction: &mut Transaction<'_>, thing: Thing, by: EntryId) -> Result<(), Error> {
    mark_placed(transaction, thing, by)
}

/// The things in their order, each once.
pub(super) fn in_order(replayed: &Replayed) -> Result<Vec<Thing>, Error> {
    let doc = replayed.doc();
    let Some(placed) = container(doc, &ROOT, PLACED)? else { return Ok(Vec::new()) };
    let mut things = Vec::new();
    for (thing, by) in placements(doc)? {
        if replayed.marks(&placed, &key(thing))?.first().copied() == by {
            things.push(thing);
        }
    }
    Ok(things)
}

fn mark_placed(transaction: &mut Transaction<'_>, thing: Thing, by: EntryId) -> Result<(), Error> {
    if let Some(placed) = container(transaction, &ROOT, PLACED)? {
        transaction.put(placed, key(thing), mark_of(by))?;
    }
    Ok(())
}

/// The place behind a thing's counting placement; the end where it has none.
fn index_behind(doc: &impl ReadDoc, orders: &Orders, thing: Thing) -> Result<usize, Error> {
    let counting = match container(doc, &ROOT, PLACED)? {
        Some(placed) => marks(doc, orders, &placed, &key(thing))?.first().copied(),
        None => None,
    };
    let placements = placements(doc)?;
    let found = placements.iter().position(|placement| *placement == (thing, counting));
    Ok(found.map_or(placements.len(), |index| index + 1))
}

fn key(thing: Thing) -> String {
    format!("{:032x}", u128::from_be_bytes(thing))
}

fn placements(doc: &impl ReadDoc) -> Result<Vec<Placement>, Error> {
    let Some(order) = container(doc, &ROOT, ORDER)? else { return Ok(Vec::new()) };
    let bytes = doc.values(&order).filter_map(|(value, _)| value.as_bytes().and_then(placement_from));
    Ok(bytes.collect())
}

fn placement_bytes(thing: Thing, by: EntryId) -> Vec<u8> {
    [&thing[..], &by.device.to_bytes(), &by.seq.to_be_bytes()].concat()
}

fn placement_from(bytes: &[u8]) -> Option<Placement> {
    let (thing, by) = bytes.split_first_chunk::<16>()?;
    let by = match by.split_first_chunk::<16>() {
        Some((device, seq)) => {
            Some(EntryId::new(DeviceId::from_bytes(*device), u64::from_be_bytes(seq.try_into().ok()?)))
        }
        None => None,
    };
    Some((*thing, by))
}
