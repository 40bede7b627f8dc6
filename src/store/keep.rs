//! Which captures the store still needs.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::fault::StoreError;
use super::open::Store;
use super::rows::valued_digest;

impl Store {
    /// The captures to keep when older ones are pruned: those of looks at `older_than` or later, the first and the
    /// last of each agency and year, those in which a judgement was first made as it stands in the store, and the last
    /// ones before it was made otherwise, which have the last good copies that [`Store::diff`] names.
    pub fn captures_to_keep(&self, older_than: Timestamp) -> Result<BTreeSet<String>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT a.series, a.at, a.capture, EXISTS
               (SELECT 1 FROM verdict AS v WHERE v.id >= a.id * 4096 AND v.id < a.id * 4096 + 4096)
             FROM audit AS a INDEXED BY audit_series ORDER BY a.series, a.id",
        )?;
        let mut rows = statement.query([])?;
        let mut keep = BTreeSet::new();
        let mut before: Option<(i64, Option<String>)> = None;
        while let Some(row) = rows.next()? {
            let series: i64 = row.get(0)?;
            let capture = valued_digest(row.get(2)?);
            let began: bool = row.get(3)?;
            let old = row.get::<_, i64>(1)? < older_than.as_second();
            let first = before.as_ref().is_none_or(|(of, _)| *of != series);
            if began || first {
                // The one before is the last of its judgement, or of its series.
                keep.extend(before.and_then(|(_, capture)| capture));
            }
            if began || first || !old {
                keep.extend(capture.clone());
            }
            before = Some((series, capture));
        }
        keep.extend(before.and_then(|(_, capture)| capture));
        Ok(keep)
    }
}
