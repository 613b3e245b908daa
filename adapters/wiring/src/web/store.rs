//! Whether the job store answers: `/healthz` says so when it does not.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use imaging::StoreError;
use tokio::time::{sleep, timeout};

/// How often it is asked.
const OFTEN: Duration = Duration::from_secs(5);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the store does not answer, if it does not; clones share it.
#[derive(Clone, Default)]
pub(crate) struct StoreTrouble(Arc<Mutex<Option<String>>>);

impl StoreTrouble {
    /// Says what is wrong; nothing when all is well.
    pub(crate) fn now(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, trouble: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Asks every now and then.
    pub(super) async fn watch<F>(&self, ask: impl Fn() -> F) -> Infallible
    where
        F: Future<Output = Result<(), StoreError>>,
    {
        loop {
            self.set(match timeout(PATIENCE, ask()).await {
                Ok(Ok(())) => None,
                Ok(Err(trouble)) => {
                    Some(format!("the job store does not answer: {:#}", anyhow::Error::new(trouble)))
                }
                Err(_) => Some(format!("the job store has not answered for {} seconds", PATIENCE.as_secs())),
            });
            sleep(OFTEN).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_answer_is_said_until_it_does() {
        let (trouble, asked) = (StoreTrouble::default(), Arc::new(Mutex::new(0)));
        let ask = || {
            *asked.lock().unwrap() += 1;
            let number = *asked.lock().unwrap();
            async move {
                match number {
                    2 => Err(StoreError { doing: "read", source: "refused".into() }),
                    3 => std::future::pending().await,
                    _ => Ok(()),
                }
            }
        };
        let look = async {
            let mut said = Vec::new();
            for _ in 0..4 {
                sleep(Duration::from_millis(500)).await;
                said.push(trouble.now());
                let before = *asked.lock().unwrap();
                while *asked.lock().unwrap() == before {
                    sleep(Duration::from_millis(100)).await;
                }
            }
            said
        };
        let said = tokio::select! {
            said = look => said,
            never = trouble.watch(ask) => match never {},
        };
        assert_eq!(said[0], None);
        assert!(said[1].as_ref().unwrap().ends_with("refused"), "{said:?}");
        assert!(said[2].is_some(), "while it is waited for, what was said last counts: {said:?}");
        assert_eq!(said[3], None);
    }
}
