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
    Scalar,
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
            Kind::Scalar => "scalar",
        }
    }
}

/// Defines `pub fn name(isa, args…)`, which runs `wide` compiled for AVX-512 with VNNI, `narrow` compiled for AVX2, or
/// `scalar` (`narrow` when there is none) as it stands. The bodies are safe `#[inline(always)]` functions, so that they
/// take on the features around them.
macro_rules! kernel {
    ($(#[$doc:meta])* fn $name:ident($($args:tt)*) $(-> $out:ty)? = $wide:expr, $narrow:expr) => {
        $crate::model::kernel::isa::kernel! {
            $(#[$doc])* fn $name($($args)*) $(-> $out)? = $wide, $narrow, $narrow
        }
    };
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $wide:expr, $narrow:expr, $scalar:expr) => {
        $(#[$doc])*
        #[allow(unsafe_code, clippy::too_many_arguments)]
        pub fn $name(isa: $crate::model::kernel::Isa, $($arg: $type),*) $(-> $out)? {
            use $crate::model::kernel::isa::Kind;
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
            fn avx512($($arg: $type),*) $(-> $out)? {
                $wide($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $type),*) $(-> $out)? {
                $narrow($($arg),*)
            }
            match isa.0 {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: an `Isa` of this kind is only made after AVX-512 (F, BW, VL, VNNI), AVX2, FMA and F16C were detected.
                Kind::Avx512 => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: an `Isa` of this kind is only made after AVX2, FMA and F16C were detected.
                Kind::Avx2 => unsafe { avx2($($arg),*) },
                Kind::Scalar => $scalar($($arg),*),
            }
        }
    };
}
pub(super) use kernel;
