//! `rescue`: what was only on a phone.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::office;
use clap::Args;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use walkbook_model::{Action, TenantId, UserId};
use walkbook_sync::{MAX_RESCUE_BYTES, Rescue as File, RescueRefused};
use zeroize::Zeroizing;

/// The code may come in here; it is a secret, and command lines are seen by everybody on the machine.
const CODE: &str = "WALKBOOK_RESCUE_CODE";
/// A code with whatever stands around it.
const CODE_BYTES: u64 = 1_024;

#[derive(Debug, Args)]
pub(super) struct Rescue {
    file: PathBuf,
    #[arg(long)]
    tenant: TenantId,
    /// Whose phone it was, where the server does not know it: it was restored from a backup made before the phone enrolled
    #[arg(long)]
    user: Option<UserId>,
}

impl Rescue {
    /// Prints how many entries count, were here before, are set aside and are refused.
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let tenant = folder.desk(self.tenant)?.may(Action::TakeRescue)?;
        let bytes = self.read()?;
        let rescue = File::read(&bytes, code()?.trim()).map_err(office::Error::Rescue)?;
        let rescued = office::take_rescue(&*folder.store, tenant, &rescue, self.user, folder.stamp())?;
        let office::Rescued { counts, known, set_aside, refused } = rescued;
        put(format_args!("{counts}\t{known}\t{set_aside}\t{refused}"))?;
        eprintln!("{counts} entries count, {known} were here before, {set_aside} are set aside, {refused} are refused");
        Ok(())
    }

    fn read(&self) -> Result<Vec<u8>, Error> {
        let failed = |source| Error::Io { file: self.file.clone(), source };
        let file = std::fs::File::open(&self.file).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(MAX_RESCUE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > MAX_RESCUE_BYTES {
            return Err(office::Error::Rescue(RescueRefused::TooLarge).into());
        }
        Ok(bytes)
    }
}

/// The code that opens the file: from the environment, or a line of the standard input.
fn code() -> Result<Zeroizing<String>, Error> {
    if let Ok(code) = std::env::var(CODE) {
        return Ok(Zeroizing::new(code));
    }
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("the code that the phone showed:");
    }
    let mut code = Zeroizing::new(String::new());
    let mut input = std::io::BufReader::new(input.take(CODE_BYTES));
    std::io::BufRead::read_line(&mut input, &mut code)
        .map_err(|error| Error::Usage(format!("the code cannot be read from the standard input: {error}")))?;
    Ok(code)
}
