#pragma once
#include <fluoro/body/organ_motion.hpp>

namespace fluoro {

/// OrganMotion::displacement() where somebody asks for it, and nowhere else: the same ways, each point of the lattice
/// found when it is first needed under a pose. For tools, which need a few hundred of them. For one thread.
class LocalMotion {
public:
    /// The motion must outlive it.
    explicit LocalMotion(OrganMotion const& motion);
    ~LocalMotion();
    LocalMotion(LocalMotion&&) noexcept;
    LocalMotion& operator=(LocalMotion&&) noexcept;

    void stand(BodyPose const& pose);
    bool is_of(OrganMotion const& motion) const;
    /// From a place of the moved body to where its tissue lies at rest [mm]; trilinear, zero outside the lattice.
    Vec3 backward_mm(Vec3 const& at) const;
    /// From a place at rest to where it has moved.
    Vec3 forward_mm(Vec3 const& rest) const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace fluoro
