//! What all API formats have in common: groups of operations, and named types.

/// A definition as a reader wants to see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Title the definition gives itself.
    pub title: String,
    /// Version of the described API.
    pub version: String,
    /// Introduction, as written.
    pub description: String,
    /// Where the API can be reached.
    pub servers: Vec<String>,
    /// Operations by tag, channel, root type or service.
    pub groups: Vec<Group>,
    /// Named types.
    pub types: Vec<TypeDefinition>,
    /// What could not be read, a sentence each.
    pub problems: Vec<String>,
}

/// Operations that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Name of the tag, root type or service.
    pub name: String,
    /// What the definition says about the group.
    pub description: String,
    /// The operations, in the order of the definition.
    pub operations: Vec<Operation>,
}

/// One thing a client can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation {
    /// Verb: an HTTP method, `send`, `receive`, `query`, `rpc`.
    pub verb: String,
    /// Path, channel, field or method with its signature.
    pub signature: String,
    /// What programs call it, where it has such a name: an operation id, a field, a method.
    pub name: String,
    /// One line about it.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Clients should move away from it.
    pub deprecated: bool,
    /// Parameters, body, answers.
    pub sections: Vec<Section>,
    /// Where it stands on the page; nothing else there has this anchor.
    pub anchor: String,
}

/// One part of an operation's description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// `Parameters`, `Request body · application/json`, `200 · OK`…
    pub heading: String,
    /// What the definition says about this part.
    pub description: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// A parameter or a property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Name, indented by [`Field::depth`].
    pub name: String,
    /// Nesting below the section, 0 for the outermost.
    pub depth: u8,
    /// Type as a person reads it: `string · uuid`, `Order[]`.
    pub kind: String,
    /// Must be given.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// A named type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypeDefinition {
    /// Its name.
    pub name: String,
    /// `object`, `enum`, `input`, `message`…
    pub kind: String,
    /// What it means.
    pub description: String,
    /// Its fields or values.
    pub fields: Vec<Field>,
    /// Where it stands on the page; nothing else there has this anchor.
    pub anchor: String,
}

impl Outline {
    /// Number of operations in all groups.
    pub fn operation_count(&self) -> usize {
        self.groups.iter().map(|group| group.operations.len()).sum()
    }

    /// Only what mentions `words` (all of them, in any case) in a name, path or summary.
    #[must_use]
    pub fn search(&self, words: &str) -> Outline {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mentions = |texts: &[&str]| {
            let text = texts.join(" ").to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let mut found = self.clone();
        for group in &mut found.groups {
            let name = group.name.clone();
            group
                .operations
                .retain(|o| mentions(&[&name, &o.verb, &o.signature, &o.summary, &o.description]));
        }
        found.groups.retain(|group| !group.operations.is_empty());
        found.types.retain(|kind| {
            let fields: Vec<&str> = kind.fields.iter().map(|field| field.name.as_str()).collect();
            mentions(&[&kind.name, &kind.description, &fields.join(" ")])
        });
        found
    }
}
