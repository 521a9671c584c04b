package io.jenkins.plugins.metapluginci.testbed.security;

import hudson.model.Descriptor;
import hudson.model.Hudson;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.security.AuthorizationStrategy;
import hudson.security.Permission;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.acegisecurity.Authentication;

/**
 * {@code admin} and the system may do everything, {@code reader} may read and build, nobody else may do anything: what the
 * test bed grants with the core's own matrix on 1.395.
 */
public class BedAuthorizationStrategy extends AuthorizationStrategy {

    @Override
    public ACL getRootACL() {
        return new BedAcl();
    }

    @Override
    public Collection<String> getGroups() {
        return List.of();
    }

    /** Decides by the name of the user alone. */
    private static final class BedAcl extends ACL {
        private static final Set<String> READER =
                Set.of(Hudson.READ.getId(), Item.READ.getId(), Item.BUILD.getId(), "hudson.model.View.Read");

        @Override
        public boolean hasPermission(Authentication user, Permission permission) {
            String name = user.getName();
            if (name.equals("admin") || name.equals(ACL.SYSTEM.getName())) {
                return true;
            }
            return name.equals("reader") && granted(permission);
        }

        /** A permission is granted with any that implies it (Discover with Read, say), as in the core's own matrix. */
        private static boolean granted(Permission permission) {
            for (Permission implying = permission; implying != null; implying = implying.impliedBy) {
                if (READER.contains(implying.getId())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Shown on the security page. */
    public static final class DescriptorImpl extends Descriptor<AuthorizationStrategy> {
        /** The strategy's descriptor. */
        public DescriptorImpl() {
            super(BedAuthorizationStrategy.class);
        }

        @Override
        public String getDisplayName() {
            return "Test bed";
        }
    }
}
