//! Passwords, of which only a hash is kept.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};

use super::{Door, DoorError};

/// The shortest password, in characters.
pub const SHORTEST_PASSWORD: usize = 8;
/// The longest, in bytes: hashing more only costs time.
const LONGEST_PASSWORD: usize = 1_024;
/// What a password is compared with when there is no account: it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$kAT/M6V4TeOsJpLcLxQ3NZ1VAxyrvLkdAOeOG2mVEEw";

impl Door {
    /// Sets a password, which ends all sessions of the account.
    pub async fn set_password(
        &self,
        name: &str,
        password: &str,
        who: &str,
        now_ms: i64,
    ) -> Result<(), DoorError> {
        self.of_this_site(name).await?;
        let hash = self.hash(password).await?;
        if self.accounts.set_password(name, Some(&hash), who, now_ms).await? {
            Ok(())
        } else {
            Err(DoorError::NoAccount(name.to_owned()))
        }
    }

    /// Tells whether this is the password of that account.
    pub(super) async fn is_password(&self, name: &str, password: &str) -> Result<bool, DoorError> {
        let hash = self.accounts.password(name).await?;
        self.verify(password, hash.unwrap_or_else(|| NOBODY.into())).await
    }

    /// Takes as long as looking at the password of an account would.
    pub(super) async fn is_nobody(&self, password: &str) -> Result<bool, DoorError> {
        self.verify(password, NOBODY.into()).await
    }

    pub(super) async fn hash(&self, password: &str) -> Result<String, DoorError> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(DoorError::BadPassword("should have 8 characters at least"));
        }
        if password.len() > LONGEST_PASSWORD {
            return Err(DoorError::BadPassword("should have 1024 bytes at most"));
        }
        let password = password.to_owned();
        self.apart(move || {
            let hash: PasswordHash = Argon2::default()
                .hash_password(password.as_bytes())
                .map_err(|error| DoorError::Hashing(error.to_string()))?;
            Ok(hash.to_string())
        })
        .await?
    }

    async fn verify(&self, password: &str, hash: String) -> Result<bool, DoorError> {
        let password: String =
            if password.len() > LONGEST_PASSWORD { String::new() } else { password.to_owned() };
        self.apart(move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok())
            .await
    }

    /// Works on a thread of its own, a few at a time.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DoorError> {
        let failed = |error: String| DoorError::Hashing(error);
        let _turn = self.hashes.acquire().await.map_err(|error| failed(error.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHash;

    use super::NOBODY;

    #[test]
    fn a_name_nobody_has_takes_as_long_as_a_wrong_password() {
        // a hash that cannot be read would be refused at once
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(hash.params.to_string(), "m=19456,t=2,p=1");
    }
}
