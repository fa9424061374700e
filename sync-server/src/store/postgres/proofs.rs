use super::PostgresStore;
use super::row::at;
use super::transaction::{About, Mode, params};
use crate::store::Error;
use crate::store::proofs::{Proofs, SeenProof};
use walkbook_model::{TenantId, Timestamp};

impl Proofs for PostgresStore {
    fn is_shared(&self) -> bool {
        true
    }

    fn note_proof(&self, tenant: TenantId, proof: SeenProof) -> Result<bool, Error> {
        self.work(About::Tenant(tenant), Mode::Note, |tx| {
            let sql = "INSERT INTO seen_proofs (tenant, at, device, nonce) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING";
            let values = params![tenant.to_bytes(), at(proof.at)?, proof.device.to_bytes(), proof.nonce];
            Ok(tx.execute(sql, values)? > 0)
        })
    }

    fn forget_proofs(&self, tenant: TenantId, before: Timestamp) -> Result<(), Error> {
        self.work(About::Tenant(tenant), Mode::Note, |tx| {
            let sql = "DELETE FROM seen_proofs WHERE tenant = $1 AND at < $2";
            tx.execute(sql, params![tenant.to_bytes(), at(before)?])?;
            Ok(())
        })
    }
}
