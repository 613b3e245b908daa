//! What can be said of a process definition before anybody runs it.

use async_trait::async_trait;

/// Whoever runs the processes of a site, and is asked before a definition is kept or launched.
#[async_trait]
pub trait Definitions: Send + Sync {
    /// Returns why it would never run this text, with the line, as `line 2, column 3: …`; nothing when it would.
    async fn mistake(&self, pdef: &str) -> Option<String>;
}
