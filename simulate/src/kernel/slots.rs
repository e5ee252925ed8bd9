//! Where waiting events are kept: each in a slot that it does not leave until its time has come,
//! so that only keys are sorted.

/// All slots. The one that became free last is taken first: it is still in the cache.
#[derive(Clone, Debug)]
pub(super) struct Slots<E> {
    events: Vec<Option<E>>,
    free: Vec<u32>,
}

impl<E> Slots<E> {
    pub(super) const fn new() -> Self {
        Self { events: Vec::new(), free: Vec::new() }
    }

    /// Events kept.
    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.events.len() - self.free.len()
    }

    /// Keeps an event and tells where; `None` if slots cannot be numbered any further.
    #[inline]
    pub(super) fn keep(&mut self, event: E) -> Option<u32> {
        if let Some(slot) = self.free.pop() {
            *self.events.get_mut(slot as usize)? = Some(event);
            return Some(slot);
        }
        let slot = u32::try_from(self.events.len()).ok()?;
        self.events.push(Some(event));
        Some(slot)
    }

    /// Takes the event out of a slot, which is free then.
    #[inline]
    pub(super) fn take(&mut self, slot: u32) -> Option<E> {
        let event = self.events.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        Some(event)
    }

    /// The event in a slot.
    #[inline]
    pub(super) fn event(&self, slot: u32) -> Option<&E> {
        self.events.get(slot as usize)?.as_ref()
    }

    /// Loads a slot, so that it is in the cache when its event is taken soon.
    #[inline]
    pub(super) fn touch(&self, slot: u32) {
        std::hint::black_box(self.event(slot).is_some());
    }
}
