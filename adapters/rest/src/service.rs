//! What answers need.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use imaging::door::Door;
use imaging::{Accounts, Desk, Directory, Elsewhere, Offers, Repositories};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::limit::Limit;
use crate::problem::Problem;
use crate::remote_user::RemoteUser;
use crate::repositories::Kept;
use crate::turn::{Turn, Turns};

/// How much one client may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Requests a second, for minutes; ten times as many at once. A client is a token, an account that is logged in by a browser, or
    /// an address of those who are neither.
    pub requests_per_second: u32,
    /// Passwords of one name that one address may try at once, and again each minute; ten times as many of all names.
    pub guesses_per_minute: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { requests_per_second: 50, guesses_per_minute: 10 }
    }
}

/// Hears of each answer: method, address as in the document, status, and how long it took.
pub type Observed = Arc<dyn Fn(&str, &str, u16, Duration) + Send + Sync>;

/// A body of at most so many bytes is read at once; longer ones take turns.
const SHORT: u64 = 256 << 10;
/// How long a body may take to arrive.
const READING: Duration = Duration::from_secs(120);

/// So many may follow logs at a time.
const FOLLOWERS: usize = 200;

/// What answers need.
pub struct Rest {
    /// What people may ask for.
    pub desk: Desk,
    /// Who they are.
    pub door: Door,
    /// The people a site knows.
    pub accounts: Arc<dyn Accounts>,
    /// What they choose from.
    pub offers: Arc<dyn Offers>,
    /// The proxy that says who looks at pages, where there is one.
    pub remote_user: Option<RemoteUser>,
    pub(crate) elsewhere: Arc<dyn Elsewhere>,
    pub(crate) observed: Observed,
    pub(crate) kept: Kept,
    /// When streams end.
    pub stop: CancellationToken,
    pub(crate) guesses: Limit<(IpAddr, String)>,
    pub(crate) guessers: Limit<IpAddr>,
    pub(crate) requests: Limit<Client>,
    /// Those nobody knows: by where they come from.
    pub(crate) strangers: Limit<IpAddr>,
    pub(crate) turns: Turns,
    /// Whoever follows something takes one of these.
    pub followers: Arc<Semaphore>,
}

impl Rest {
    /// Puts together what answers need; streams end at `stop`.
    pub fn new(
        desk: Desk,
        accounts: Arc<dyn Accounts>,
        offers: Arc<dyn Offers>,
        elsewhere: Arc<dyn Elsewhere>,
        settings: Settings,
        stop: CancellationToken,
    ) -> Rest {
        let (each, guesses) = (settings.requests_per_second.max(1), settings.guesses_per_minute.max(1));
        Rest {
            desk,
            door: Door::new(accounts.clone()),
            accounts,
            offers,
            remote_user: None,
            elsewhere,
            observed: Arc::new(|_, _, _, _| {}),
            kept: Kept::new(Repositories::default(), PathBuf::new(), stop.clone()),
            stop,
            guesses: Limit::new(guesses, Duration::from_secs(60) / guesses),
            // each wrong one is in the audit log, which has to stay readable
            guessers: Limit::new(guesses.saturating_mul(10), Duration::from_secs(6) / guesses),
            requests: Limit::new(each.saturating_mul(10), Duration::from_secs(1) / each),
            strangers: Limit::new(each.saturating_mul(10), Duration::from_secs(1) / each),
            turns: Turns::new(),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
        }
    }

    /// Reads a body, after a wait when it is a long one; it has to be here within a time, since whoever sends nothing keeps
    /// others from their turn.
    pub async fn in_turn<T>(
        &self,
        person: &str,
        headers: &HeaderMap,
        reading: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let _turn = self.turn(person, headers).await?;
        timeout(READING, reading).await.unwrap_or_else(|_| {
            Err(Problem::unreadable(format!("the body was not here within {} seconds", READING.as_secs())))
        })
    }

    /// Waits until a long body may be read; nobody waits for a short one.
    async fn turn(&self, person: &str, headers: &HeaderMap) -> Result<Option<Turn<'_>>, Problem> {
        let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length <= SHORT) {
            return Ok(None);
        }
        self.turns.of(person).await.map(Some).map_err(|closed| Problem::ours(&closed))
    }

    /// Has a directory vouch for people the site does not know by itself.
    #[must_use]
    pub fn with_directory(mut self, directory: Arc<dyn Directory>) -> Rest {
        self.door = self.door.with_directory(directory);
        self
    }

    /// Has a proxy say who looks at pages.
    #[must_use]
    pub fn behind(mut self, proxy: RemoteUser) -> Rest {
        self.remote_user = Some(proxy);
        self
    }

    /// Has images of jobs published in repositories; the files of jobs are below the folder `images`.
    #[must_use]
    pub fn keeping(mut self, repositories: Repositories, images: PathBuf) -> Rest {
        self.kept = Kept::new(repositories, images, self.stop.clone());
        self
    }

    /// Has somebody hear of each answer.
    #[must_use]
    pub fn observed_by(mut self, observed: Observed) -> Rest {
        self.observed = observed;
        self
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Rest")
    }
}
