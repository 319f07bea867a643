#pragma once
#include <fluoro/body/displacement.hpp>
#include <fluoro/instruments/wall.hpp>
#include <fluoro/patient/volume.hpp>
#include <memory>

namespace fluoro {
class VesselWall final : public Wall {
public:
    explicit VesselWall(Patient const& patient);
    void stand(std::shared_ptr<Displacement const> displacement, double dt_s);
    WallTouch touch(Vec3 const& at_mm) const override;
    Vec3 rest_of(Vec3 const& at_mm) const;
};
} // namespace fluoro
