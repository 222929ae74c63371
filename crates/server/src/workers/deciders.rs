//! Threads that decide, kept from one tick to the next.
//!
//! Making a thread for every batch costs a good part of what deciding a mail costs, and with each that ends goes what it
//! remembers: compressors, scripts that were rewritten, its part of the memory allocator. Knows nothing of what is decided.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::limits::DECIDER_IDLE;

type Job = Box<dyn FnOnce() + Send>;

/// The threads of a program. There are as many as ever worked at once; one that finds nothing to do for [`DECIDER_IDLE`]
/// ends, and all end with the program.
#[derive(Default)]
pub struct Deciders(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    more: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: usize,
    closed: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does next; `None` ends it.
    fn next(&self) -> Option<Job> {
        let mut queue = self.queue();
        queue.idle += 1;
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                queue.idle -= 1;
                return Some(job);
            }
            let waited = self.more.wait_timeout(queue, DECIDER_IDLE);
            let (woken, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            if queue.jobs.is_empty() && (queue.closed || waited.timed_out()) {
                queue.idle -= 1;
                return None;
            }
        }
    }
}

impl Deciders {
    /// Runs a job on a thread that waits, else on a new one. Where none can be made, those that there are take it, and
    /// without any it runs here.
    fn start(&self, job: Job) {
        let mut queue = self.0.queue();
        queue.jobs.push_back(job);
        if queue.idle >= queue.jobs.len() {
            self.0.more.notify_one();
            return;
        }
        drop(queue);
        let shared = self.0.clone();
        let thread = std::thread::Builder::new().name("decide".to_owned());
        let made = thread.spawn(move || {
            while let Some(job) = shared.next() {
                job();
            }
        });
        if let Err(error) = made {
            tracing::warn!(%error, "no thread could be made for deciding; the work waits for others");
            let left = self.0.queue().jobs.pop_front();
            if let Some(job) = left {
                job();
            }
        }
    }
}

impl Drop for Deciders {
    fn drop(&mut self) {
        self.0.queue().closed = true;
        self.0.more.notify_all();
    }
}

/// Works on every item, on at most [`App::decide_threads`] threads at once, and waits for the last. A single one is
/// worked on here.
pub fn decide_all<T: Send + Sync + 'static>(app: &Arc<App>, items: Vec<T>, work: fn(&App, &T)) {
    let threads = items.len().min(app.decide_threads());
    if threads < 2 {
        return items.iter().for_each(|item| work(app, item));
    }
    let batch = Arc::new(Batch { items, next: AtomicUsize::new(0), work });
    let (done, ended) = channel();
    for _ in 0..threads {
        app.deciders.start(job(app.clone(), batch.clone(), done.clone()));
    }
    drop(done);
    let lost = threads - ended.iter().count();
    if lost > 0 {
        tracing::error!(
            lost,
            "threads that decide ended badly; their work is taken up again after its lease"
        );
    }
}

struct Batch<T> {
    items: Vec<T>,
    next: AtomicUsize,
    work: fn(&App, &T),
}

/// Takes one item after the other, and says when none is left.
fn job<T: Send + Sync + 'static>(app: Arc<App>, batch: Arc<Batch<T>>, done: Sender<()>) -> Job {
    Box::new(move || {
        while let Some(item) = batch.items.get(batch.next.fetch_add(1, Ordering::Relaxed)) {
            (batch.work)(&app, item);
        }
        // Whoever waits may close the database next: nothing may hold it then.
        drop((app, batch));
        done.send(()).ok();
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Barrier;
    use std::thread::{ThreadId, current};
    use std::time::Duration;

    use super::*;

    /// Runs `jobs` at once, each on its own thread, and says on which.
    fn at_once(deciders: &Deciders, jobs: usize) -> BTreeSet<String> {
        let together = Arc::new(Barrier::new(jobs));
        let (done, ended) = channel();
        for _ in 0..jobs {
            let (together, done) = (together.clone(), done.clone());
            deciders.start(Box::new(move || {
                together.wait();
                let id: ThreadId = current().id();
                done.send(format!("{id:?}")).unwrap();
            }));
        }
        drop(done);
        ended.iter().collect()
    }

    #[test]
    fn jobs_run_at_once_and_their_threads_are_used_again() {
        let deciders = Deciders::default();
        let first = at_once(&deciders, 4);
        assert_eq!(first.len(), 4);
        while deciders.0.queue().idle < 4 {
            std::thread::yield_now();
        }
        assert_eq!(at_once(&deciders, 4), first);
    }

    #[test]
    fn threads_end_with_the_program() {
        let deciders = Deciders::default();
        at_once(&deciders, 3);
        let shared = deciders.0.clone();
        drop(deciders);
        // The threads hold it no longer.
        while Arc::strong_count(&shared) > 1 {
            std::thread::yield_now();
        }
        assert_eq!(shared.queue().idle, 0);
    }

    #[test]
    fn a_job_that_panics_takes_only_its_thread() {
        let deciders = Deciders::default();
        let (done, ended) = channel::<()>();
        deciders.start(Box::new(move || {
            let _done = done;
            panic!("on purpose");
        }));
        assert_eq!(ended.iter().count(), 0);
        assert_eq!(at_once(&deciders, 2).len(), 2);
    }

    #[test]
    fn threads_wait_longer_than_between_two_looks_of_a_worker() {
        assert!(DECIDER_IDLE > crate::limits::POLL);
        assert!(DECIDER_IDLE <= Duration::from_secs(60), "what an hour of much mail needed is given back");
    }
}
