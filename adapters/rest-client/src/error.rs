//! What can go wrong, and what to do then.

use std::error::Error;

use crate::Address;

type Cause = Box<dyn Error + Send + Sync>;

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// What was asked for makes no sense here; nobody was asked.
    #[error("{0}")]
    Usage(String),
    /// Nobody answers there.
    #[error(
        "nobody answers at {address}: {why}; does `img up` run there, and is that what its [web] listen says?"
    )]
    NoServer {
        /// Where.
        address: Address,
        /// What came of it.
        why: String,
    },
    /// The server shows a certificate that nobody we know signed, or of another name.
    #[error("{address} cannot prove that it is {address}: {why}; --ca-file names who signs its certificate")]
    NotTrusted {
        /// Where.
        address: Address,
        /// What is wrong with it.
        why: String,
    },
    /// Something else answers there.
    #[error("what answers at {address} is no `img up`, or stands before it: {what}")]
    NotOurs {
        /// Where.
        address: Address,
        /// What it did.
        what: String,
    },
    /// The server wants a token, and there was none.
    #[error(
        "{address} wants a token: name a file with one by --token-file or IMG_TOKEN_FILE, or set IMG_TOKEN; `img user token NAME` makes one, where `img up` runs"
    )]
    NoToken {
        /// Where.
        address: Address,
    },
    /// The token does not count.
    #[error("{address} does not take this token: {detail}")]
    TokenRefused {
        /// Where.
        address: Address,
        /// In the words of the server.
        detail: String,
    },
    /// Somebody else may do that.
    #[error("{0}")]
    NotAllowed(String),
    /// There is no such job or file.
    #[error("{0}")]
    Missing(String),
    /// The file ends before the part that was asked for.
    #[error("the file has no such part: {0}")]
    NoSuchPart(String),
    /// It is not in a state for that.
    #[error("{0}")]
    Conflict(String),
    /// There is something to mend in what was sent.
    #[error("{detail}")]
    Mistakes {
        /// All of it.
        detail: String,
        /// The fields, and what is wrong with each.
        mistakes: Vec<(String, String)>,
    },
    /// The server wants to be asked less often.
    #[error("{address} has too much to do for us now: try again in {seconds} s")]
    TooMany {
        /// Where.
        address: Address,
        /// In how long.
        seconds: u64,
    },
    /// The server is there, and something it needs is not.
    #[error("{address} cannot do it now: {detail}")]
    Away {
        /// Where.
        address: Address,
        /// In the words of the server.
        detail: String,
    },
    /// The server has no room for it; that lasts until somebody makes some.
    #[error("{address} has no room for it: {detail}")]
    Full {
        /// Where.
        address: Address,
        /// In the words of the server.
        detail: String,
    },
    /// The connection broke in the middle.
    #[error("the connection to {address} broke while {doing}: {why}")]
    BrokeOff {
        /// Where.
        address: Address,
        /// In the middle of what, and what is known of it.
        doing: String,
        /// What came of it.
        why: String,
    },
    /// This machine cannot keep what came: the disk is full, a folder is closed, a name is taken.
    #[error("cannot {doing}")]
    Local {
        /// What was to be done.
        doing: String,
        /// What came of it.
        #[source]
        source: Cause,
    },
    /// What came is not what the build made.
    #[error(
        "{file} is not what the build made: its SHA-256 is {found} and should be {wanted}; what came is thrown away, try again"
    )]
    Damaged {
        /// What was fetched.
        file: String,
        /// The checksum the build told.
        wanted: String,
        /// The checksum of what came.
        found: String,
    },
}

/// What a script does with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asking the same again is in vain.
    Refused,
    /// Asking the same again later may help: nothing, or too little, was heard.
    Unreachable,
    /// Something failed here.
    Failed,
}

impl ClientError {
    /// Tells what a script does with it.
    pub fn kind(&self) -> Kind {
        match self {
            ClientError::Usage(_)
            | ClientError::NoToken { .. }
            | ClientError::TokenRefused { .. }
            | ClientError::NotAllowed(_)
            | ClientError::Missing(_)
            | ClientError::NoSuchPart(_)
            | ClientError::Conflict(_)
            | ClientError::Mistakes { .. } => Kind::Refused,
            ClientError::NoServer { .. }
            | ClientError::NotTrusted { .. }
            | ClientError::NotOurs { .. }
            | ClientError::TooMany { .. }
            | ClientError::Away { .. }
            | ClientError::Full { .. }
            | ClientError::BrokeOff { .. } => Kind::Unreachable,
            ClientError::Local { .. } | ClientError::Damaged { .. } => Kind::Failed,
        }
    }

    /// Tells whether the server may be there again in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        use ClientError::{Away, BrokeOff, NoServer, TooMany};
        matches!(self, NoServer { .. } | BrokeOff { .. } | Away { .. } | TooMany { .. })
    }
}

/// Returns an error with what it came from, as one line; what says the same twice says it once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts.join(": ")
}
