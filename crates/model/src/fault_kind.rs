//! Classes of errors. On the wire, in the database and in logs a class is its name; code asks for the class.

/// The class of a [`Fault`](crate::Fault).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// No particular class.
    Plain,
    /// A value has the wrong shape.
    Type,
    /// The caller sent something wrong.
    Input,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The caller may not do it.
    NotAllowed,
    /// It contradicts what is there already.
    Conflict,
    /// The caller did not prove who it is.
    Authentication,
    /// The caller tried too often.
    TooManyRequests,
    /// It cannot be done now; another try may succeed.
    Unavailable,
    /// What the caller has is still current.
    NotModified,
    /// Nobody has made it yet.
    NotImplemented,
    /// Another server could not be asked.
    Fetch,
    /// A class that only others know, by its name.
    Other(Box<str>),
}

impl FaultKind {
    /// The name on the wire.
    pub fn as_wire(&self) -> &str {
        match self {
            Self::Plain => "Error",
            Self::Type => "TypeError",
            Self::Input => "InputError",
            Self::NotFound => "NotFoundError",
            Self::NotAllowed => "NotAllowedError",
            Self::Conflict => "ConflictError",
            Self::Authentication => "AuthenticationError",
            Self::TooManyRequests => "TooManyRequestsError",
            Self::Unavailable => "ServiceUnavailableError",
            Self::NotModified => "NotModifiedError",
            Self::NotImplemented => "NotImplementedError",
            Self::Fetch => "FetchError",
            Self::Other(name) => name,
        }
    }

    /// The class of a name.
    pub fn of_wire(name: &str) -> Self {
        match name {
            "Error" => Self::Plain,
            "TypeError" => Self::Type,
            "InputError" => Self::Input,
            "NotFoundError" => Self::NotFound,
            "NotAllowedError" => Self::NotAllowed,
            "ConflictError" => Self::Conflict,
            "AuthenticationError" => Self::Authentication,
            "TooManyRequestsError" => Self::TooManyRequests,
            "ServiceUnavailableError" => Self::Unavailable,
            "NotModifiedError" => Self::NotModified,
            "NotImplementedError" => Self::NotImplemented,
            "FetchError" => Self::Fetch,
            other => Self::Other(other.into()),
        }
    }
}

impl From<FaultKind> for String {
    fn from(kind: FaultKind) -> Self {
        kind.as_wire().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_as_its_class() {
        for kind in [
            FaultKind::Plain,
            FaultKind::Type,
            FaultKind::Input,
            FaultKind::NotFound,
            FaultKind::NotAllowed,
            FaultKind::Conflict,
            FaultKind::Authentication,
            FaultKind::TooManyRequests,
            FaultKind::Unavailable,
            FaultKind::NotModified,
            FaultKind::NotImplemented,
            FaultKind::Fetch,
            FaultKind::Other("ZodError".into()),
        ] {
            assert_eq!(FaultKind::of_wire(kind.as_wire()), kind);
        }
    }
}
