//! Which client a request counts for.
//!
//! A client is somebody known: a token that counts, or an account that is logged in by a browser or named by the proxy. All others, also who shows
//! a token or a cookie they made up, are the address they come from: nobody is another client by writing something else.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use imaging::door::{Holder, Secret};
use imaging::{Person, now_ms};
use tokio::time::timeout;

use crate::caller::{Address, token};
use crate::problem::Problem;
use crate::service::Rest;

/// The cookie that holds the secret of a session.
pub const SESSION: &str = "img_session";

/// Who is not known within this time counts by their address; whoever answers may take longer to find out.
const LOOKING: Duration = Duration::from_secs(1);

/// Somebody known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// The id of a token.
    Token(String),
    /// The name of an account that is logged in.
    Account(String),
}

/// What the token of a request was found to be; nothing when it does not count.
#[derive(Clone, Debug)]
pub(crate) struct OfToken(pub(crate) Option<Holder>);

/// Who is logged in with the session of a request; nobody when it does not count.
#[derive(Clone, Debug)]
pub struct OfSession(pub Option<Person>);

/// Lets each client ask only so often.
pub(crate) async fn limit(State(rest): State<Arc<Rest>>, mut request: Request, next: Next) -> Response {
    let client = known(&rest, &mut request).await;
    let now = Instant::now();
    let takes = match client {
        Some(client) => rest.requests.takes(client, now),
        None => rest.strangers.takes(network(Address::of(request.extensions()).0), now),
    };
    if takes {
        next.run(request).await
    } else {
        Problem::too_many("this client asks too often: wait a few seconds").into_response()
    }
}

/// Finds out who asks, and leaves that with the request: nobody needs to look again.
async fn known(rest: &Rest, request: &mut Request) -> Option<Client> {
    let now = now_ms();
    if let Some(secret) = token(request.headers()) {
        let found = timeout(LOOKING, rest.door.of_scoped(&secret, now)).await.ok().and_then(Result::ok);
        if let Some(found) = found {
            let client = found.as_ref().map(|known| Client::Token(known.token.clone()));
            request.extensions_mut().insert(OfToken(found));
            if client.is_some() {
                return client;
            }
        }
    }
    let by_proxy = rest.remote_user.as_ref().and_then(|proxy| proxy.account(request));
    if by_proxy.is_some() {
        return by_proxy.map(Client::Account);
    }
    let secret = cookie(request.headers(), SESSION).filter(|text| !text.is_empty()).map(Secret::shown)?;
    let person = timeout(LOOKING, rest.door.of_session(&secret, now)).await.ok()?.ok()?;
    let client = person.as_ref().map(|person| Client::Account(person.name.clone()));
    request.extensions_mut().insert(OfSession(person));
    client
}

/// Returns the value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Returns what a person cannot easily change of their address: of IPv6, the half that is their network.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_network_are_one_client() {
        for (one, other, is_same) in [
            ("2001:db8::1", "2001:db8::ffff:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            let of = |text: &str| network(text.parse().unwrap());
            assert_eq!(of(one) == of(other), is_same, "{one} {other}");
        }
    }
}
