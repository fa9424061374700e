//! Made-up people for trials and demonstrations: the same seed and door always give the same household, and none of it is
//! anybody. Telephone numbers are from the range 555-0100 to 555-0199, which the North American Numbering Plan keeps for
//! fiction, whatever the language: not every country keeps one. E-mail is at example.org (RFC 2606).

mod names;

use names::Names;
use walkbook_model::{Contact, ContactField, ContactId, ContentHash, DoorId};

/// Whose names the made-up people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Finnish names, language `fi`.
    Finnish,
    /// English names, language `en`.
    English,
}

/// How many of a hundred doors have 0, 1, 2 … people: 1.8 on average.
const HOUSEHOLDS: [u64; 6] = [5, 41, 34, 11, 7, 2];
const AREAS: [&str; 8] = ["202", "212", "303", "312", "415", "512", "617", "802"];
const YOUNGEST_BORN: u64 = 2007;
const AGES: u64 = 75;

/// The people of a door, eight fields each.
pub fn contacts(seed: u64, door: DoorId, language: Language) -> Vec<Contact> {
    let mut draw = Draw::new(seed, door);
    let names = Names::of(language);
    let mut left = draw.below(100);
    let mut people = 0u32;
    for (size, share) in (0u32..).zip(HOUSEHOLDS) {
        people = size;
        match left.checked_sub(share) {
            Some(rest) => left = rest,
            None => break,
        }
    }
    let family = draw.one_of(names.family);
    (0..people).map(|_| person(&mut draw, door, &names, family)).collect()
}

fn person(draw: &mut Draw, door: DoorId, names: &Names, household: &str) -> Contact {
    let woman = draw.below(2) == 0;
    let given = draw.one_of(if woman { names.women } else { names.men });
    // Flats are shared: every fifth person has a name of their own.
    let family = if draw.below(5) == 0 { draw.one_of(names.family) } else { household };
    let reference = format!("MU-{:012X}", draw.next() >> 16);
    let mailbox = ascii(&format!("{given}.{family}.{}", draw.below(10_000)));
    let fields = [
        (ContactField::GivenName, given.to_owned()),
        (ContactField::FamilyName, family.to_owned()),
        (ContactField::Phone, format!("+1-{}-555-01{:02}", draw.one_of(&AREAS), draw.below(100))),
        (ContactField::Email, format!("{mailbox}@example.org")),
        (ContactField::Language, names.language.to_owned()),
        (ContactField::BirthYear, (YOUNGEST_BORN - draw.below(AGES)).to_string()),
        (ContactField::Gender, if woman { names.woman } else { names.man }.to_owned()),
        (ContactField::Reference, reference.clone()),
    ];
    let id = ContactId::derive(&[&door.to_bytes(), reference.to_lowercase().as_bytes()]);
    Contact { id, fields: fields.into_iter().collect() }
}

fn ascii(name: &str) -> String {
    let plain = |letter| match letter {
        'ä' | 'å' => 'a',
        'ö' => 'o',
        other => other,
    };
    name.to_lowercase().chars().map(plain).filter(char::is_ascii).collect()
}

/// Numbers that follow from the seed and the door (xorshift64*, Vigna 2016): the same on every machine and version.
struct Draw(u64);

impl Draw {
    fn new(seed: u64, door: DoorId) -> Self {
        let hash = ContentHash::of_parts("made-up", &[&seed.to_be_bytes(), &door.to_bytes()]).to_bytes();
        let start = hash.first_chunk::<8>().map_or(1, |bytes| u64::from_be_bytes(*bytes));
        Self(start.max(1))
    }

    const fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below the limit; the high bits are the good ones.
    const fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 32) % limit
    }

    fn one_of<'a>(&mut self, names: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.below(names.len().max(1) as u64)).unwrap_or(0);
        names.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn door(number: u64) -> DoorId {
        DoorId::derive(&[&number.to_be_bytes()])
    }

    #[test]
    fn the_same_seed_and_door_give_the_same_people_and_another_seed_others() {
        let all = |seed| (0..50).map(|number| contacts(seed, door(number), Language::Finnish)).collect::<Vec<_>>();
        assert!(all(1) == all(1));
        assert!(all(1) != all(2));
    }

    #[test]
    fn a_door_has_about_1_8_people_with_eight_valid_fields_each() {
        let people: Vec<Contact> =
            (0..10_000).flat_map(|number| contacts(7, door(number), Language::English)).collect();
        assert!((17_500..18_500).contains(&people.len()), "{}", people.len());
        assert!(people.iter().all(|person| person.fields.len() == 8 && person.check().is_ok()));
        assert_eq!(people.iter().map(|person| person.id).collect::<HashSet<_>>().len(), people.len());
    }

    #[test]
    fn nobody_can_be_reached() {
        for person in (0..500).flat_map(|number| contacts(7, door(number), Language::Finnish)) {
            assert!(person.fields[&ContactField::Phone].contains("-555-01"));
            let email = &person.fields[&ContactField::Email];
            assert!(email.ends_with("@example.org") && email.is_ascii());
        }
    }
}
