/**
 * What survives a kill -9: small files, each written whole and renamed. Imports Gson and the JDK; knows nothing of Jenkins
 * and nothing of what the records mean.
 */
package io.jenkins.plugins.metapluginci.store;
