//! What sentences about the register say, by a code and by name: so that it can be told in any language.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use utoipa::ToSchema;

/// What a row says or would do, by a code and what its sentence is about: for readers of any language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Told {
    /// The code.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What stands in its sentence, by name.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub values: BTreeMap<&'static str, String>,
}

impl Told {
    /// A code with what stands in its sentence.
    #[must_use]
    pub fn new(code: &'static str, values: &[(&'static str, &dyn Display)]) -> Self {
        let values = values.iter();
        let values = values.map(|(name, value)| (*name, value.to_string()));
        Self {
            code,
            values: values.collect(),
        }
    }

    /// The same under another code.
    #[must_use]
    pub fn called(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// The same with one value more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.values.insert(name, value.to_owned());
        self
    }
}

/// Why something is so: in an English sentence, and by a code with what the sentence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In English.
    pub sentence: String,
    /// The same by a code.
    pub told: Told,
}

impl Reason {
    /// A sentence that a code and its values tell.
    #[must_use]
    pub fn new(
        code: &'static str,
        values: &[(&'static str, &dyn Display)],
        sentence: String,
    ) -> Self {
        let told = Told::new(code, values);
        Self { sentence, told }
    }
}

impl Display for Reason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence)
    }
}
