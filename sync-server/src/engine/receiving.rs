//! Taking what a phone brings: run by run, entry by entry.

mod handing_out;
mod rebasing;

pub(crate) use handing_out::updates as changes_of_lists;

use super::Refused;
use super::refills;
use super::tally::{Tallies, Tally};
use crate::access::{Judge, Sender};
use crate::privacy;
use crate::store::{
    self, Arrangement, Batch, Content, Device, NewEntry, Remark, SignedTip, Store, StoredEntry, Tip, Verdict,
};
use crate::telemetry::TRACED;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use walkbook_ledger::{Entry, Payload, Subject};
use walkbook_model::{DoorId, Moment, Timestamp, WalkListId};
use walkbook_sync::{
    Admission, Admitted, Frame, Hello, LogPosition, Reason, Refusal, Request, Run, RunEntry, Verdicts, admit,
};
use walkbook_vault::{ChainHash, Signature, payload_hash};

/// Two phones with one log, or two leads with one list, race at most this often before one is told to come again.
const TRIES: usize = 5;
const PAGE: u32 = 1_000;
/// Edits of a list after which they are folded into its base.
const REBASED_EVERY: usize = 32;

/// Where runs come in.
pub(super) struct Intake {
    pub(super) tallies: Tallies,
    pub(super) rebased_every: usize,
}

impl Default for Intake {
    fn default() -> Self {
        Self { tallies: Tallies::default(), rebased_every: REBASED_EVERY }
    }
}

impl Intake {
    /// Takes the runs of a request; tells what became of every entry in them, also of those taken before.
    pub(super) fn receive(
        &self,
        store: &dyn Store,
        sender: &Sender,
        request: &Request,
        now: Timestamp,
    ) -> Result<Verdicts, Refused> {
        let mut verdicts = Verdicts::default();
        let clock_skew_ms = request.hello.now.ms_since(now);
        let device = store.device(sender.tenant, sender.device)?.ok_or(Refused::ShutOut)?;
        let refilled_up_to = refills::up_to(store, sender.tenant, &device, request)?;
        let mut noted = false;
        for run in &request.runs {
            // What a phone brings that was shut out nobody vouches for.
            let trust = Trust { refilled_up_to, holds_back: device.revoked_at.is_some() };
            let rebased_every = self.rebased_every;
            let receiver = Receiver { store, sender, run, now, clock_skew_ms, trust, rebased_every, terms: None };
            let started = Instant::now();
            match receiver.take()? {
                Taken::New(tally) => {
                    self.tallies.add(tally, started.elapsed());
                    noted = true;
                }
                Taken::Known | Taken::Refused(_) => {}
                // The phone learns from the welcome from where to send again.
                Taken::Ahead => continue,
            }
            receiver.tell(&mut verdicts, &request.hello)?;
        }
        if !noted {
            store.device_seen(sender.tenant, sender.device, clock_skew_ms, sender.spent, now)?;
        }
        Ok(verdicts)
    }
}

/// Takes one run out of a rescue file, as if the phone had sent it: what would be refused for what it rests on is set aside,
/// for the phone will not come back with it. With `holds_back` everything new is: nobody vouches for the phone any more.
pub(crate) fn take_run(
    store: &dyn Store,
    sender: &Sender,
    run: &Run,
    holds_back: bool,
    now: Timestamp,
) -> Result<Taken, Refused> {
    let device = store.device(sender.tenant, sender.device)?.ok_or(Refused::ShutOut)?;
    let trust = Trust { refilled_up_to: u64::MAX, holds_back };
    let (clock_skew_ms, rebased_every) = (device.clock_skew_ms, REBASED_EVERY);
    Receiver { store, sender, run, now, clock_skew_ms, trust, rebased_every, terms: None }.take()
}

/// What the office decides about several lists at once: all of it or nothing.
pub(crate) struct Terms {
    /// Where the store stood when it was decided. Where one of the lists has changed since, it was decided about another.
    pub(crate) as_of: store::LogPosition,
    pub(crate) arrangement: Arrangement,
}

/// Takes one run of the office's pen on these terms. Busy, where what was decided about is not there any more.
pub(crate) fn take_on_terms(
    store: &dyn Store,
    sender: &Sender,
    run: &Run,
    terms: &Terms,
    now: Timestamp,
) -> Result<Taken, Refused> {
    let trust = Trust { refilled_up_to: 0, holds_back: false };
    let receiver =
        Receiver { store, sender, run, now, clock_skew_ms: 0, trust, rebased_every: REBASED_EVERY, terms: Some(terms) };
    match receiver.take() {
        Err(Refused::Store(store::Error::Taken)) => Err(Refused::Busy),
        taken => taken,
    }
}

/// What was done with a run.
pub(crate) enum Taken {
    /// Entries were new.
    New(Tally),
    /// All were there before.
    Known,
    /// It begins behind what the server has.
    Ahead,
    /// It was to be taken as a whole, and one of its entries cannot be. Nothing was.
    Refused(Reason),
}

struct Receiver<'a> {
    store: &'a dyn Store,
    sender: &'a Sender,
    run: &'a Run,
    now: Timestamp,
    clock_skew_ms: i64,
    trust: Trust,
    rebased_every: usize,
    terms: Option<&'a Terms>,
}

/// What is made of entries beside what the rules say.
#[derive(Clone, Copy)]
struct Trust {
    /// What the phone had written when it met a restored server.
    refilled_up_to: u64,
    /// Whether what would count is set aside too.
    holds_back: bool,
}

impl Receiver<'_> {
    fn take(&self) -> Result<Taken, Refused> {
        for _ in 0..TRIES {
            let device = self.device()?;
            let known = LogPosition { last_seq: device.last_seq, tip: device.tip };
            let tips = self.known_tips(&device)?;
            match admit(device.id, &device.public_key, known, |seq| tips.get(&seq).copied(), self.run) {
                Admission::Ahead { .. } => return Ok(Taken::Ahead),
                Admission::Forged => return Err(Refused::Forged),
                Admission::Forked => return Err(Refused::Forked),
                Admission::Continues(new) if new.is_empty() => return Ok(Taken::Known),
                Admission::Continues(new) => match self.merge(&device, new) {
                    Err(store::Error::Conflict { .. }) if self.terms.is_none() => {}
                    Err(store::Error::Conflict { .. }) => break,
                    merged => return Ok(merged?),
                },
            }
        }
        Err(Refused::Busy)
    }

    fn device(&self) -> Result<Device, Refused> {
        self.store.device(self.sender.tenant, self.sender.device)?.ok_or(Refused::ShutOut)
    }

    /// The known log's states before the run's first entry and behind its last, where these lie within it.
    fn known_tips(&self, device: &Device) -> Result<BTreeMap<u64, ChainHash>, store::Error> {
        let before = self.run.first_seq().checked_sub(1);
        let last = before.and_then(|before| before.checked_add(self.run.len() as u64));
        let within: Vec<u64> = before.into_iter().chain(last).filter(|seq| *seq < device.last_seq).collect();
        if within.is_empty() {
            return Ok(BTreeMap::new());
        }
        let signed = self.store.signed_tips(self.sender.tenant, device.id)?;
        within.into_iter().map(|seq| Ok((seq, self.tip_at(device, &signed, seq)?))).collect()
    }

    fn tip_at(&self, device: &Device, signed: &[SignedTip], seq: u64) -> Result<ChainHash, store::Error> {
        let nearest = signed.iter().map(|signed| signed.tip).take_while(|tip| tip.seq <= seq).last();
        let mut tip = nearest.unwrap_or_else(|| Tip::start(device.id));
        while tip.seq < seq {
            let page = self.store.log_of(self.sender.tenant, device.id, tip.seq, PAGE)?;
            let follows = |tip: Tip, stored: &StoredEntry| tip.seq < seq && stored.header.seq == tip.seq + 1;
            if !page.first().is_some_and(|stored| follows(tip, stored)) {
                return Err(store::Error::Damaged { what: "log" });
            }
            for stored in page {
                if !follows(tip, &stored) {
                    break;
                }
                let hash = tip.hash.next(&stored.header.to_bytes(), stored.payload_hash);
                tip = Tip { seq: stored.header.seq, hash };
            }
        }
        Ok(tip.hash)
    }

    fn merge(&self, device: &Device, new: Vec<Admitted>) -> Result<Taken, store::Error> {
        // What edits change is the difference to what stands: looked up first, so that an edit that comes between is seen.
        let updates_as_of = match self.terms {
            Some(terms) => terms.as_of,
            None => self.store.head(self.sender.tenant)?,
        };
        let mut judge = Judge::new(self.store, self.sender, self.now, self.trust.refilled_up_to);
        judge.look_up(new.iter().map(|admitted| &admitted.entry.header))?;
        let mut tally = Tally::default();
        let mut list_edits: BTreeMap<WalkListId, Vec<Entry>> = BTreeMap::new();
        let mut entries = Vec::with_capacity(new.len());
        for RunEntry { header, body } in new.into_iter().map(|admitted| admitted.entry) {
            let judged = judge.judge(header, body.as_ref().ok().map(|(_, payload)| payload.as_slice()))?;
            let verdict = match judged {
                Ok((_, verdict)) if verdict == Verdict::Quarantined || self.trust.holds_back => {
                    tally.quarantined += 1;
                    Verdict::Quarantined
                }
                Ok((entry, verdict)) => {
                    tally.accepts(&entry.payload);
                    if let (Subject::List(list), Payload::List(_)) = (header.subject, &entry.payload) {
                        list_edits.entry(list).or_default().push(entry);
                    }
                    verdict
                }
                Err(reason) if self.terms.is_some() => return Ok(Taken::Refused(reason)),
                Err(reason) => {
                    tally.refuses(reason);
                    Verdict::Refused(store::Reason(reason as u16))
                }
            };
            let may_be_out = header.seq <= self.trust.refilled_up_to;
            entries.push(new_entry(RunEntry { header, body }, judge.bound(&header), verdict, may_be_out));
        }
        let batch = Batch {
            device: device.id,
            expects: Tip { seq: device.last_seq, hash: device.tip },
            entries,
            signature: Signature::from_bytes(self.run.signature()),
            updates: handing_out::updates(self.store, self.sender.tenant, &list_edits)?,
            scripts: if self.trust.holds_back { Vec::new() } else { judge.published() },
            updates_as_of,
            clock_skew_ms: self.clock_skew_ms,
            spent: self.sender.spent,
            arrangement: self.terms.map(|terms| terms.arrangement.clone()),
        };
        let doors: BTreeSet<DoorId> = batch.entries.iter().filter_map(|entry| entry.header.subject.door()).collect();
        let merged = tracing::info_span!(target: TRACED, "merge", entries = batch.entries.len())
            .in_scope(|| self.store.merge(self.sender.tenant, batch, self.now))?;
        // Whoever was away may still speak of somebody who was erased.
        let doors: Vec<DoorId> = doors.into_iter().collect();
        privacy::sweep(self.store, self.sender.tenant, &doors)?;
        for (list, new) in &list_edits {
            rebasing::rebase_if_due(self.store, self.sender.tenant, *list, new, self.rebased_every, self.now)?;
        }
        // The same run may have come by another request at the same time.
        Ok(if merged.repeated { Taken::Known } else { Taken::New(tally) })
    }

    /// What became of the run's entries.
    fn tell(&self, verdicts: &mut Verdicts, hello: &Hello) -> Result<(), Refused> {
        let Some(before) = self.run.first_seq().checked_sub(1) else { return Ok(()) };
        let last = before.saturating_add(self.run.len() as u64);
        for Remark { seq, verdict, bound } in
            self.store.remarks(self.sender.tenant, self.sender.device, before, last)?
        {
            match verdict {
                Verdict::Refused(reason) => {
                    let reason = match Reason::of(reason.0) {
                        // Of a reason that it does not know a phone understands no word of the answer.
                        Reason::Withheld if !hello.knows(Frame::WITHHELD) => Reason::NotAllowed,
                        reason => reason,
                    };
                    verdicts.refused.push(Refusal { seq, reason });
                }
                Verdict::Quarantined => verdicts.quarantined.push(seq),
                Verdict::Accepted => {}
            }
            verdicts.bounded.extend(bound.map(|bound| (seq, bound)));
        }
        Ok(())
    }
}

fn new_entry(
    RunEntry { header, body }: RunEntry,
    bound: Option<Moment>,
    verdict: Verdict,
    may_be_out: bool,
) -> NewEntry {
    let (content, payload_hash) = match body {
        Ok((salt, payload)) => {
            let hash = payload_hash(salt, &payload);
            (Some(Content { salt, payload }), hash)
        }
        Err(hash) => (None, hash),
    };
    NewEntry { header, content, payload_hash, bound, verdict, may_be_out }
}
