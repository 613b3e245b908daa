//! Who one is, and the people of the site.

mod accounts;
mod groups;
mod keeping;
mod me;

pub use self::keeping::AccountWish;

use utoipa_axum::routes;

use crate::routes::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(me::show))
        .routes(routes!(me::password))
        .routes(routes!(me::tokens, me::make_token))
        .routes(routes!(me::remove_token))
        .routes(routes!(me::accept))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::show, accounts::put, accounts::remove))
        .routes(routes!(accounts::invite))
        .routes(routes!(groups::list))
        .routes(routes!(groups::put, groups::remove))
        .routes(routes!(groups::audit))
}
