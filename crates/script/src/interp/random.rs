//! `Math.random` from the decision's seed, so that a repeated decision is the same decision.

use std::cell::Cell;

use rquickjs::{self as js, Ctx, Function, Object};

/// xoshiro256** (Blackman and Vigna, 2018).
struct Generator([u64; 4]);

impl Generator {
    /// Mixes the seed first (SplitMix64): similar seeds must not begin alike, and a state of zeros
    /// would stay zero.
    fn new(seed: [u8; 32]) -> Self {
        let (words, _) = seed.as_chunks::<8>();
        let mut mixed = 0_u64;
        let mut state = [0; 4];
        for (word, bytes) in state.iter_mut().zip(words) {
            mixed = mixed.wrapping_add(u64::from_le_bytes(*bytes)).wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *word = z ^ (z >> 31);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }
}

/// Sixteen bytes of the run's randomness beside that of `Math.random`: the `number`th of them.
pub(crate) fn identity(seed: [u8; 32], number: u64) -> [u8; 16] {
    let mut own = seed;
    for (byte, other) in own.iter_mut().zip(number.to_le_bytes()) {
        *byte ^= other;
    }
    for byte in own.iter_mut().rev().take(8) {
        *byte ^= 0x5a;
    }
    let mut generator = Generator::new(own);
    let (high, low) = (generator.next(), generator.next());
    ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
}

pub(super) fn install<'js>(ctx: &Ctx<'js>, seed: [u8; 32]) -> js::Result<()> {
    let state = Cell::new(Generator::new(seed).0);
    let random = Function::new(ctx.clone(), move || {
        let mut generator = Generator(state.get());
        let bits = generator.next() >> 11;
        state.set(generator.0);
        unit(bits)
    })?
    .with_name("random")?;
    let math: Object<'js> = ctx.globals().get("Math")?;
    math.set("random", random)
}

/// 53 bits as a number from 0 to below 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
fn unit(bits: u64) -> f64 {
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_sequence() {
        let mut generator = Generator([1, 2, 3, 4]);
        assert_eq!([(); 4].map(|()| generator.next()), [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240]);
    }

    #[test]
    fn a_seed_of_zeros_is_no_trap() {
        let mut generator = Generator::new([0; 32]);
        assert_ne!(generator.next(), generator.next());
    }

    #[test]
    fn identities_follow_the_seed_and_differ() {
        assert_eq!(identity([7; 32], 1), identity([7; 32], 1));
        assert_ne!(identity([7; 32], 1), identity([7; 32], 2));
        assert_ne!(identity([7; 32], 1), identity([8; 32], 1));
    }

    #[test]
    fn stays_below_one() {
        assert!(unit((1 << 53) - 1) < 1.0);
    }
}
