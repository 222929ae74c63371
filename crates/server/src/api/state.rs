//! What every handler has, and the way to a blocking thread.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::ApiError;
use super::guests::Guests;
use super::pace::Pace;
use super::stream::Streams;
use crate::app::App;
use crate::demo::Mailboxes;
use crate::stream::Hub;

/// What every handler has.
#[derive(Clone)]
pub struct ApiState {
    /// The program.
    pub app: Arc<App>,
    /// The mailboxes of the demo; `None` where this is no demo.
    pub demo: Option<Arc<Mailboxes>>,
    /// The folder of everything that the program keeps, for the checks of the doctor.
    pub data: PathBuf,
    /// What bounds the work of this process.
    pub(super) guests: Guests,
    /// How often this process is asked.
    pub(super) pace: Arc<Pace>,
    /// Who listens to what is new.
    pub(super) streams: Arc<Streams>,
    /// Where it is told.
    pub hub: Arc<Hub>,
}

impl ApiState {
    /// What every handler of one process has.
    pub fn new(app: Arc<App>, demo: Option<Arc<Mailboxes>>, data: PathBuf) -> Self {
        let guests = Guests::default();
        let (pace, streams, hub) = (Arc::default(), Arc::default(), Arc::default());
        Self { app, demo, data, guests, pace, streams, hub }
    }

    /// Runs `work` where it may block. A fault is logged under an id of its own, which is all that the caller gets.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = self.app.clone();
        let done =
            tokio::task::spawn_blocking(move || work(&app).map_err(|error| error.logged(&fault_id(&app))))
                .await;
        done.unwrap_or_else(|error| {
            let what = format!("the work of a request ended badly: {error}");
            Err(ApiError::fault(what).logged(&fault_id(&self.app)))
        })
    }
}

fn fault_id(app: &App) -> String {
    app.env.seed().map_or_else(|_| "unknown".to_owned(), |seed| seed.to_string().chars().take(16).collect())
}
