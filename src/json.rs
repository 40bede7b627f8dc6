//! What this program writes for other programs: JSON, each form with a schema.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

/// A form of JSON that programs read.
pub trait Json: Serialize + JsonSchema + Sized {
    /// The form itself, indented, with a newline at its end.
    fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What programs may rely on.
    fn schema() -> Schema {
        SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<Self>()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Json;

    /// The schema of a form. The file that is committed, named from `src`, is what the types say;
    /// `PRONGSAI_WRITE=1 cargo test schema` writes it anew.
    pub(crate) fn committed<T: Json>(file: &str) -> jsonschema::Validator {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/").to_owned() + file;
        let now = serde_json::to_string_pretty(&T::schema()).unwrap() + "\n";
        if std::env::var_os("PRONGSAI_WRITE").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), now);
        jsonschema::validator_for(&serde_json::from_str(&now).unwrap()).unwrap()
    }
}
