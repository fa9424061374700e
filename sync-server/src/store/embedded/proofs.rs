use super::EmbeddedStore;
use super::row::at;
use crate::store::Error;
use crate::store::proofs::{Proofs, SeenProof};
use rusqlite::params;
use walkbook_model::{TenantId, Timestamp};

impl Proofs for EmbeddedStore {
    fn is_shared(&self) -> bool {
        false
    }

    fn note_proof(&self, tenant: TenantId, proof: SeenProof) -> Result<bool, Error> {
        self.write(move |connection, _| {
            let sql = "INSERT INTO seen_proofs (tenant, at, device, nonce) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
            let values = params![tenant.to_bytes(), at(proof.at)?, proof.device.to_bytes(), proof.nonce];
            Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
        })
    }

    fn forget_proofs(&self, tenant: TenantId, before: Timestamp) -> Result<(), Error> {
        self.write(move |connection, _| {
            let sql = "DELETE FROM seen_proofs WHERE tenant = ? AND at < ?";
            connection.execute(sql, params![tenant.to_bytes(), at(before)?])?;
            Ok(())
        })
    }
}
