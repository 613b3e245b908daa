//! A store as it is after years.

use crate::common::Place;
use crate::years::years;

/// Writes so many jobs.
pub(crate) async fn fill(place: &Place, size: i64) {
    let is_server = matches!(place, Place::Server(_));
    for part in years(is_server, size) {
        place.say(&part).await;
    }
    if is_server {
        place.say("VACUUM ANALYZE").await; // as the server does by itself, later
    }
}
