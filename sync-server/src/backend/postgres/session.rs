//! A session at the database, and what is said in it.

use super::schema;
use crate::backend::rows::{Document, HANGING, LASTING, Row, Rows, Table, Value};
use crate::backend::{Asked, Error, leaving, line};
use crate::store::postgres::Address;
use crate::words::instant;
use futures_util::{StreamExt, pin_mut};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeSet, HashMap};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row as Found, Statement};

/// So much of an answer is kept until its line has ended.
const LINE_BYTES: usize = 16 << 20;

pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

pub(super) struct Session {
    client: Client,
    /// As many statements as this module's code has.
    prepared: HashMap<String, Statement>,
}

impl Session {
    pub(super) async fn open(address: &Address) -> Result<Self, Error> {
        let (client, connection) = address.config.connect(address.tls.clone()).await?;
        // It ends with its client; what went wrong with it shows in what the client is told.
        tokio::spawn(connection);
        schema::check(&client).await?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) async fn rows(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Found>, Error> {
        let statement = match self.prepared.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client.prepare(sql).await?;
                self.prepared.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        Ok(self.client.query(&statement, values).await?)
    }

    /// Writes a delivery, all of it or nothing.
    pub(super) async fn take(&mut self, rows: &Rows) -> Result<(), Error> {
        self.client.batch_execute("BEGIN; SET LOCAL canvassing.writer = 'server'").await?;
        for table in LASTING {
            self.put(table, rows.named.iter()).await?;
        }
        let news = self.news(rows).await?;
        let news: Vec<&Document> = rows.documents.iter().filter(|document| news.contains(&document.id)).collect();
        let documents: Vec<&str> = news.iter().map(|document| document.id.as_str()).collect();
        for table in HANGING {
            self.clear(table, &rows.tenant, &documents, of(table, &news)).await?;
            self.put(table, of(table, &news)).await?;
        }
        for table in LASTING {
            self.put(table, of(table, &news)).await?;
        }
        self.forget_gone(&rows.tenant, &documents).await?;
        Ok(self.client.batch_execute("COMMIT").await?)
    }

    /// Takes out everything of a tenant but the tenant itself, whose name goes.
    pub(super) async fn forget(&mut self, tenant: &str) -> Result<(), Error> {
        self.client.batch_execute("BEGIN; SET LOCAL canvassing.writer = 'server'").await?;
        for table in leaving::tables().filter(|table| *table != "tenant") {
            self.rows(&format!("DELETE FROM {table} WHERE tenant = $1"), &[&tenant]).await?;
        }
        self.rows("UPDATE tenant SET name = '' WHERE tenant = $1", &[&tenant]).await?;
        Ok(self.client.batch_execute("COMMIT").await?)
    }

    /// The documents of which the tables have nothing from a later moment of the store's life; notes these ones. Whoever
    /// brings one of them at the same time waits.
    async fn news(&mut self, rows: &Rows) -> Result<BTreeSet<String>, Error> {
        // A life ends before the next begins: what comes from another one comes from a later one.
        let sql = "INSERT INTO document (tenant, document, life, as_of, epoch, tips)
            SELECT tenant, document, life, as_of, epoch, tips FROM json_populate_recordset(NULL::document, $1::text::json)
            ORDER BY document
            ON CONFLICT (tenant, document) DO UPDATE SET
                life = excluded.life, as_of = excluded.as_of, epoch = excluded.epoch, tips = excluded.tips
            WHERE excluded.as_of >= document.as_of OR excluded.life <> document.life
            RETURNING document";
        let notes = json(rows.documents.iter().map(|document| &document.note));
        let found = self.rows(sql, &[&notes]).await?;
        found.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Takes away what the documents no longer have.
    async fn clear(
        &mut self,
        table: &Table,
        tenant: &str,
        documents: &[&str],
        left: impl Iterator<Item = &Row>,
    ) -> Result<(), Error> {
        let Some(hangs_on) = table.hangs_on else { return Ok(()) };
        let (name, key) = (table.name, table.key().join(", "));
        let of_documents = match hangs_on {
            "interaction" => {
                "interaction IN (SELECT interaction FROM interaction WHERE tenant = $1 AND door = ANY ($2))".to_owned()
            }
            column => format!("{column} = ANY ($2)"),
        };
        let sql = format!(
            "DELETE FROM {name} WHERE tenant = $1 AND {of_documents}
             AND ({key}) NOT IN (SELECT {key} FROM json_populate_recordset(NULL::{name}, $3::text::json))"
        );
        self.rows(&sql, &[&tenant, &documents, &json(left)]).await.map(drop)
    }

    /// Writes rows, each in its place, where they say something else than what stands there.
    async fn put(&mut self, table: &Table, rows: impl Iterator<Item = &Row>) -> Result<(), Error> {
        let mut rows = rows.filter(|row| row.table == table).peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let (name, key, columns) = (table.name, table.key().join(", "), table.columns.join(", "));
        let from =
            |place: &str| table.said().iter().map(|column| format!("{place}.{column}")).collect::<Vec<_>>().join(", ");
        let otherwise = match table.said() {
            [] => "DO NOTHING".to_owned(),
            said => {
                let (said, old, new) = (said.join(", "), from(name), from("excluded"));
                format!("DO UPDATE SET ({said}) = ROW ({new}) WHERE ({old}) IS DISTINCT FROM ({new})")
            }
        };
        let sql = format!(
            "INSERT INTO {name} ({columns})
             SELECT {columns} FROM json_populate_recordset(NULL::{name}, $1::text::json) ORDER BY {key}
             ON CONFLICT ({key}) {otherwise}"
        );
        self.rows(&sql, &[&json(rows)]).await.map(drop)
    }

    /// Answers a question without a way to change anything.
    pub(super) async fn ask(&mut self, sql: &str, row: Asked<'_>) -> Result<(), Error> {
        self.client.batch_execute("BEGIN READ ONLY").await?;
        let question = sql.trim_end().trim_end_matches(';');
        // One statement, whatever it looks like, and one that gives rows.
        self.client.prepare(question).await.map_err(|error| Error::Postgres(error.into()))?;
        let answer = self.client.copy_out(&format!("COPY (\n{question}\n) TO STDOUT (NULL '')")).await?;
        pin_mut!(answer);
        let mut begun = Vec::new();
        while let Some(bytes) = answer.next().await {
            begun.extend_from_slice(&bytes?);
            while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
                let rest = begun.split_off(end + 1);
                row(cells(&std::mem::replace(&mut begun, rest)))?;
            }
            if begun.len() > LINE_BYTES {
                return Err(Error::Unfit);
            }
        }
        Ok(self.client.batch_execute("COMMIT").await?)
    }
}

/// What the documents have in a table.
fn of<'a>(table: &'a Table, documents: &'a [&Document]) -> impl Iterator<Item = &'a Row> {
    documents.iter().flat_map(|document| &document.rows).filter(move |row| row.table == table)
}

/// Rows as one value, which the database takes apart by its own types.
fn json<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let object = |row: &Row| {
        let columns = row.table.columns.iter().zip(&row.values);
        Json::Object(columns.map(|(column, value)| ((*column).to_owned(), cell(value))).collect::<Map<_, _>>())
    };
    Json::Array(rows.map(object).collect()).to_string()
}

fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        // The one character that the database does not hold; its picture stands for it.
        Value::Text(text) => text.replace('\0', "\u{2400}").into(),
        Value::Whole(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Truth(truth) => (*truth).into(),
        Value::At(at) => instant(*at).into(),
    }
}

/// A line of `COPY`'s text format.
fn cells(copied: &[u8]) -> Vec<String> {
    let copied = String::from_utf8_lossy(copied);
    copied.trim_end_matches('\n').split('\t').map(|cell| line(&unescaped(cell))).collect()
}

fn unescaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                Some(other) => other,
                None => break,
            },
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_out_reads_as_it_was_written() {
        assert_eq!(cells(b"a\\tb\tc\\\\n\t\n"), ["a b", r"c\n", ""]);
    }
}
