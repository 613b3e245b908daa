//! `img user`.

use clap::{Args, Subcommand, ValueEnum};

use super::{HereArguments, StateArguments};

/// Where accounts are, and what is done with them.
#[derive(Debug, Args)]
pub struct UserArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: UserCommand,
    /// How this machine is configured.
    #[command(flatten)]
    pub here: HereArguments,
    /// Where it is remembered, and how it is answered.
    #[command(flatten)]
    pub state: StateArguments,
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Lists the accounts
    List,
    /// Makes an account, or changes what is said here of one that is there
    Add {
        /// The name to log in with
        name: String,
        /// Where mail reaches them
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// What they are called
        #[arg(long, value_name = "NAME")]
        full_name: Option<String>,
        /// A group they are in: `administrators` may do everything, `makers` ask for images; said several times, several
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// Who says that it is them: a password here, LDAP, or the proxy in front of the pages; an account that is there is
        /// handed over with its groups and tokens, and its password here counts no more
        #[arg(long, value_name = "WHO", value_enum)]
        login: Option<LoginBy>,
    },
    /// Sets a password, which it asks for, or reads from a pipe; the first of a site makes the account, of an administrator
    Passwd {
        /// The name to log in with
        name: String,
    },
    /// Prints an invitation: whoever has it may choose the password of the account, once, within a day
    Invite {
        /// The name to log in with
        name: String,
    },
    /// Makes a token for programs of an account, and prints its secret, which is shown this once
    Token {
        /// The name to log in with
        name: String,
        /// What to call it
        #[arg(long, default_value = "")]
        label: String,
        /// What can be done with it; said several times, several
        #[arg(long = "scope", value_name = "SCOPE", value_enum, default_values_t = [TokenScope::Submit])]
        scopes: Vec<TokenScope>,
        /// In how many days it stops counting; never unless said
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
    },
    /// Removes an account with its tokens; its jobs stay
    Remove {
        /// The name to log in with
        name: String,
    },
}

/// Who says that somebody is who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LoginBy {
    /// A password that is kept here
    Site,
    /// The directory of `[ldap]`
    Directory,
    /// The proxy of `[web] trusted_proxies`
    Proxy,
}

/// What can be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TokenScope {
    /// Look at jobs and fetch images
    Read,
    /// Ask for images, and care for own jobs
    Submit,
    /// All that the owner may
    Manage,
}
