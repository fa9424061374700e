//! Common names, put together at random.

use super::Language;

pub(super) struct Names {
    pub(super) language: &'static str,
    pub(super) woman: &'static str,
    pub(super) man: &'static str,
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) family: &'static [&'static str],
}

impl Names {
    pub(super) const fn of(language: Language) -> Self {
        match language {
            Language::Finnish => Self {
                language: "fi",
                woman: "nainen",
                man: "mies",
                women: &[
                    "Aino", "Anna", "Eeva", "Elina", "Helmi", "Inka", "Johanna", "Kaisa", "Leena", "Maija", "Noora",
                    "Oona", "Pihla", "Päivi", "Riikka", "Saara", "Tuuli", "Venla",
                ],
                men: &[
                    "Aatos", "Antti", "Eero", "Heikki", "Ilmari", "Jari", "Joona", "Kalle", "Lauri", "Matti", "Niilo",
                    "Olli", "Pekka", "Risto", "Sami", "Tapio", "Väinö", "Ville",
                ],
                family: &[
                    "Aalto",
                    "Haapala",
                    "Heinonen",
                    "Järvinen",
                    "Karhu",
                    "Koskela",
                    "Lehtinen",
                    "Mäkelä",
                    "Niemi",
                    "Ojala",
                    "Peltola",
                    "Rantanen",
                    "Saarinen",
                    "Salo",
                    "Tuominen",
                    "Vainio",
                    "Virta",
                    "Ylitalo",
                ],
            },
            Language::English => Self {
                language: "en",
                woman: "woman",
                man: "man",
                women: &[
                    "Alice", "Amber", "Beth", "Clara", "Diane", "Ellen", "Fiona", "Grace", "Hannah", "Irene", "Joan",
                    "Kate", "Laura", "Maria", "Nora", "Olive", "Rosa", "Ruth",
                ],
                men: &[
                    "Adam", "Ben", "Carl", "David", "Edward", "Frank", "George", "Henry", "Isaac", "James", "Kevin",
                    "Luke", "Martin", "Noel", "Oscar", "Paul", "Simon", "Thomas",
                ],
                family: &[
                    "Ashdown", "Barlow", "Carver", "Dunmore", "Ellery", "Fairfax", "Garner", "Holloway", "Ingram",
                    "Keats", "Larkin", "Marlow", "Norwood", "Oakley", "Penrose", "Rowan", "Selby", "Thorne",
                ],
            },
        }
    }
}
