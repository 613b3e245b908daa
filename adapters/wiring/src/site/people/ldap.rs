//! `[ldap]`, in the words of the crate that asks.

use std::path::PathBuf;
use std::sync::Arc;

use accounts_ldap::{BindAccount, Group, Ldap, People, Settings, SettingsError};
use config::Configuration;

use super::LDAP;
use crate::site::seconds;

/// Reads the server, and what to ask it; certificates and the password of the bind account are read, too.
pub(super) fn directory(site: &mut Configuration) -> Option<Arc<dyn imaging::Directory>> {
    let url = site.required(LDAP, "ldap_server");
    let people = people(site);
    let bind = bind(site);
    let groups = Group::read(&site.text(LDAP, "groups").unwrap_or_default());
    let groups = noted(site, groups);
    let text = |key| site.text(LDAP, key).unwrap_or_default();
    let settings = Settings {
        url,
        starttls: site.yes(LDAP, "starttls"),
        verify: site.yes(LDAP, "verify_certificate"),
        ca_file: site.text(LDAP, "ca_file").map(PathBuf::from),
        people: people?,
        bind: bind?,
        user_attr: text("ldap_user_attr"),
        mail_attr: text("ldap_mail_attr"),
        name_attrs: vec![text("ldap_fname_attr"), text("ldap_lname_attr")],
        groups: groups?,
        group_search: site.text(LDAP, "group_base_dn").map(|base| (base, text("group_filter"))),
        timeout: seconds(site, LDAP, "timeout").unwrap_or_default(),
    };
    if settings.url.is_empty() {
        return None; // it was noted
    }
    if settings.is_plain() {
        tracing::warn!("passwords go to {} in the clear, since [ldap] starttls is no", settings.url);
    } else if !settings.verify {
        tracing::warn!(
            "whoever is in between reads the passwords that go to {}, since [ldap] verify_certificate is no",
            settings.url
        );
    }
    let ldap = Ldap::new(settings);
    noted(site, ldap).map(|ldap| Arc::new(ldap) as Arc<dyn imaging::Directory>)
}

/// Reads how a person's entry is found.
fn people(site: &mut Configuration) -> Option<People> {
    if !site.yes(LDAP, "use_search") {
        let template = site.required(LDAP, "ldap_dn_template");
        return (!template.is_empty()).then_some(People::Template(template));
    }
    let base = site.required(LDAP, "ldap_base_dn");
    let filter = site.text(LDAP, "ldap_filter").unwrap_or_default();
    (!base.is_empty()).then_some(People::Search { base, filter })
}

/// Reads who reads entries, who may be nobody.
fn bind(site: &mut Configuration) -> Option<Option<BindAccount>> {
    match (site.text(LDAP, "bind_dn"), site.text(LDAP, "bind_password_file")) {
        (None, None) => Some(None),
        (Some(dn), Some(file)) => {
            let read = BindAccount::read(&dn, file.as_ref());
            noted(site, read).map(Some)
        }
        (Some(_), None) => {
            site.mistake(LDAP, "bind_dn", "needs bind_password_file, the file its password is in");
            None
        }
        (None, Some(_)) => {
            site.mistake(LDAP, "bind_password_file", "needs bind_dn, whose password it holds");
            None
        }
    }
}

/// Notes what is wrong where it stands.
fn noted<T>(site: &mut Configuration, read: Result<T, SettingsError>) -> Option<T> {
    read.map_err(|wrong| site.mistake(LDAP, wrong.key, wrong.why)).ok()
}
