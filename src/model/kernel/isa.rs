//! Which instructions this machine has, and the one macro that compiles a kernel body for each of them.

/// An instruction set that was found on this machine. Only this module makes one, so holding it is the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(pub(super) Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    NeonDot,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Scalar,
}

/// Plain code, the reference: kernel bodies are generic over this and its like in `x86` and `neon`.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Plain {
    /// Rows of inputs for which weights are loaded once: as many as have their sums in registers.
    pub const ROWS: usize = 4;
    /// Panels of floating-point weights that a tile of so many rows is wide.
    pub const PANELS: usize = 1;
}

impl Isa {
    /// What the compiler assumes of every machine of this architecture: the tested reference.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The fastest one here.
    #[must_use]
    pub fn detect() -> Self {
        Self::available()[0]
    }

    /// All there are here, fastest first, [`Isa::SCALAR`] last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let fused = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni");
            if fused && wide {
                found.push(Self(Kind::Avx512));
            }
            if fused {
                found.push(Self(Kind::Avx2));
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            if std::arch::is_aarch64_feature_detected!("dotprod") {
                found.push(Self(Kind::NeonDot));
            }
            found.push(Self(Kind::Neon));
        }
        found.push(Self::SCALAR);
        found
    }

    /// Its name, for `doctor` and `bench`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "aarch64")]
            Kind::NeonDot => "NEON dotprod",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => "NEON",
            Kind::Scalar => "scalar",
        }
    }
}

/// Defines `pub fn name(isa, args…)`, which runs `body` compiled for each of the instruction sets. With `name<Code>`, the
/// body is given the instruction set as the type `Code`: [`Plain`] or its like. Bodies are safe `#[inline(always)]`
/// functions, so that they take on the features around them.
macro_rules! kernel {
    ($(#[$doc:meta])* fn $name:ident $(<$code:ident>)? ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:expr) => {
        $(#[$doc])*
        #[allow(unsafe_code, clippy::too_many_arguments)]
        pub fn $name(isa: $crate::model::kernel::Isa, $($arg: $type),*) $(-> $out)? {
            use $crate::model::kernel::isa::Kind;
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
            fn avx512($($arg: $type),*) $(-> $out)? {
                $(type $code = $crate::model::kernel::x86::Avx512;)?
                $body($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $type),*) $(-> $out)? {
                $(type $code = $crate::model::kernel::x86::Avx2;)?
                $body($($arg),*)
            }
            #[cfg(target_arch = "aarch64")]
            #[target_feature(enable = "dotprod")]
            fn neon_dot($($arg: $type),*) $(-> $out)? {
                $(type $code = $crate::model::kernel::neon::Neon<true>;)?
                $body($($arg),*)
            }
            match isa.0 {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: an `Isa` of this kind is only made after AVX-512 (F, BW, VL, VNNI), AVX2, FMA and F16C were detected.
                Kind::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: an `Isa` of this kind is only made after AVX2, FMA and F16C were detected.
                Kind::Avx2 => unsafe { avx2($($arg),*) },
                #[cfg(target_arch = "aarch64")]
                // SAFETY: an `Isa` of this kind is only made after the dot-product instructions were detected.
                Kind::NeonDot => unsafe { neon_dot($($arg),*) },
                #[cfg(target_arch = "aarch64")]
                Kind::Neon => {
                    $(type $code = $crate::model::kernel::neon::Neon<false>;)?
                    $body($($arg),*)
                }
                Kind::Scalar => {
                    $(type $code = $crate::model::kernel::isa::Plain;)?
                    $body($($arg),*)
                }
            }
        }
    };
}
pub(super) use kernel;

/// Instructions of the machine, where they are known to be there.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! simd {
    ($($body:tt)*) => {
        // SAFETY: this stands only in methods of the types that `kernel!` gives to bodies, and in what they call: they run
        // inside functions compiled for these instructions, which run only where the instructions were detected. Loads and
        // stores are of whole arrays.
        unsafe { $($body)* }
    };
}
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) use simd;
