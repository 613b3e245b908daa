//! Asking for an image.

use std::sync::Arc;

use futures_util::stream;
use imaging::ImageId;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method};
use serde_json::{Map, Value};

use crate::ask::Again;
use crate::{ClientError, Job, Server};

/// So much is sent between two reports of how far it has come.
const PIECE: usize = 64 << 10;

/// What an image is to be: the fields of an order, as `/api/v1/docs` of a server lists them.
#[derive(Clone, Debug, Default)]
pub struct Order(pub Map<String, Value>);

/// Hears how many bytes of how many are on their way.
pub(crate) type Sent = Arc<dyn Fn(u64, u64) + Send + Sync>;

impl Server {
    /// Asks for an image. The order has a key of its own, so that it is one job however often it must be sent.
    pub async fn submit(&self, order: &Order, sent: Sent) -> Result<Job, ClientError> {
        self.order(&["jobs"], order, sent).await
    }

    /// Asks again for the image of a job that is over; the order says what is to be different.
    pub async fn retry(&self, id: &ImageId, order: &Order, sent: Sent) -> Result<Job, ClientError> {
        self.order(&["jobs", id.as_str(), "retry"], order, sent).await
    }

    async fn order(&self, parts: &[&str], order: &Order, sent: Sent) -> Result<Job, ClientError> {
        let text: Arc<[u8]> = serde_json::to_vec(&order.0).expect("JSON is JSON").into();
        let key = uuid::Uuid::new_v4().to_string();
        let make = || {
            self.request(Method::POST, parts)
                .header(CONTENT_TYPE, "application/json")
                .header(CONTENT_LENGTH, text.len())
                .header("Idempotency-Key", &key)
                .body(pieces(text.clone(), sent.clone()))
                .build()
        };
        self.ask_json(Again::Harmless, make).await
    }
}

/// Returns a body that says how far it is.
fn pieces(text: Arc<[u8]>, sent: Sent) -> Body {
    let length = text.len() as u64;
    Body::wrap_stream(stream::unfold(0, move |from: usize| {
        let (text, sent) = (text.clone(), sent.clone());
        async move {
            let piece = text.get(from..(from + PIECE).min(text.len()))?.to_vec();
            let to = from + piece.len();
            sent(to as u64, length);
            (!piece.is_empty()).then_some((Ok::<_, std::convert::Infallible>(piece), to))
        }
    }))
}
