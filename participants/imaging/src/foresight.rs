//! What can be said of an order before anybody builds it.

use async_trait::async_trait;

use crate::{Mistake, NewJob};

/// Whoever knows what the builders of a site refuse, and is asked before an order is taken.
#[async_trait]
pub trait Foresight: Send + Sync {
    /// Returns what no build could do of an order, however often it is tried; none when it is worth a try.
    ///
    /// What is wrong with an order whoever builds it, as an unknown type, was told already.
    async fn mistakes(&self, order: &NewJob) -> Vec<Mistake>;
}
