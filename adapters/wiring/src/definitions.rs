//! Process definitions are refused in the words of the engine that would run them.
//!
//! Only of the engine of this machine it is known what it runs: what a BOSS takes, only that can say.

use std::sync::Arc;

use imaging::Definitions;
use participant_core::async_trait;
use process_engine::Definition;

use crate::site::Launching;

/// The engine of this machine.
#[derive(Clone, Copy, Debug)]
pub struct OfEngine;

impl OfEngine {
    /// Makes one, unless the processes of the site run on a BOSS.
    pub(crate) fn of_site(launching: &Launching) -> Option<Arc<dyn Definitions>> {
        launching.broker.is_none().then(|| Arc::new(OfEngine) as Arc<dyn Definitions>)
    }
}

#[async_trait]
impl Definitions for OfEngine {
    async fn mistake(&self, pdef: &str) -> Option<String> {
        let text = pdef.to_owned();
        // one that is meant to be hard to read takes seconds
        match tokio::task::spawn_blocking(move || Definition::parse(&text)).await {
            Ok(read) => read
                .err()
                .map(|wrong| format!("line {}, column {}: {}", wrong.line, wrong.column, wrong.message)),
            Err(died) => {
                tracing::error!("cannot say whether a process definition could run: {died}");
                None
            }
        }
    }
}
